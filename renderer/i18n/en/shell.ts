/** Texts of the window's frame. `{name}` is filled in; singular and plural stand left and right of a bar. */
export const shell = {
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Try again',
  notification: 'Notification',
  duration: { seconds: '{seconds} s', minutes: '{minutes} min {seconds} s', hours: '{hours} h {minutes} min' },
  progress: { of: '{done} of {total}', rate: '{rate} per second', left: '{time} left' },
  number: {
    between: 'A number from {min} to {max}',
    wholeBetween: 'A whole number from {min} to {max}',
    atLeast: 'A number of at least {min}',
    any: 'A number',
  },
}

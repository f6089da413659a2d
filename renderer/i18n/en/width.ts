/** Texts about whether a layer has enough filters. */
export const width = {
  title: 'Enough filters?',
  note: '{layer}, step {step}',
  what: 'Masks the filters of this layer one after the other, the least useful first, and measures what is left of the accuracy on validation pictures. Nothing is trained.',
  measure: 'Measure',
  measureAgain: 'Measure again',
  measuring: 'Measuring',
  cancel: 'Cancel',
  failed: 'It could not be measured',
  noWeights: 'The run has kept no weights yet.',
  verdicts: {
    tooMany: 'More filters than it uses',
    tooFew: 'Maybe too few filters',
    aboutRight: 'About as many filters as it uses',
    unknown: 'Cannot tell',
  },
  reasons: {
    knee: {
      accuracy: '{kept} of {filters} carry 99 % of the accuracy.',
      agreement: '{kept} of {filters} give the answer of all for 99 % of the pictures.',
    },
    noPlateau: {
      accuracy: 'No plateau: even {kept} of {filters} are needed for 99 % of the accuracy. Try {suggested}.',
      agreement:
        'No plateau: {kept} of {filters} are needed for the same answer to 99 % of the pictures. Try {suggested}.',
    },
    spare: '{spare} of {filters} are dead or copies.',
    saturation: 'What they give varies in {components} directions only, of {filters}.',
    noBetterThanChance:
      'The network is right on {accuracy} of the pictures; always naming the most frequent class gives {chance}.',
    oneAnswer: 'The network names one class for {chance} of these pictures: what is masked can hardly change that.',
  },
  meaning: {
    tooMany: 'A smaller layer would do about as well, and train faster.',
    tooFew: 'Each filter is needed: the layer may have no room for what else it could learn.',
    aboutRight: 'Some can go before it costs accuracy, but not many.',
  },
  limits:
    'Trained anew, fewer filters often do as well as more do here: the others had no chance to take over their work.',
  orderLabel: 'Order in which filters are masked',
  orders: {
    norm: 'Norm',
    activation: 'Activation',
    taylor: 'Taylor',
    greedy: 'Greedy',
  },
  orderHints: {
    norm: 'The filters with the smallest weights first.',
    activation: 'The filters with the weakest maps first.',
    taylor: 'The filters first without which the loss changes least, to first order: |a · ∂L/∂a| (Molchanov 2017).',
    greedy:
      'Always the filter next without which the measured loss rises least. It chooses by the pictures it is measured on.',
  },
  plot: {
    kept: 'filters kept',
    others: 'other orders',
    needed: { accuracy: '99 % of the accuracy', agreement: 'the same answer to 99 %' },
    knee: 'knee and its range',
    summary: {
      accuracy:
        'Accuracy against filters kept: {whole} with all {filters}, {left} with {half}; {knee} hold 99 % of the accuracy.',
      agreement:
        'Share of pictures with the same answer against filters kept: {whole} with all {filters}, {left} with {half}; {knee} keep 99 %.',
    },
  },
  facts: {
    knee: 'Needed for 99 %',
    kneeRange: '{kept} ({low} to {high})',
    kneeHint:
      'The smallest number kept with 99 % of the accuracy; in brackets what three resamplings of the pictures give.',
    accuracy: 'Accuracy with all',
    agreement: 'Pictures compared',
    accuracyOf: '{accuracy} of {pictures} pictures',
    agreementOf: '{pictures}',
    accuracyHint: 'Validation pictures.',
    agreementHint:
      'The network tells other classes than the data has: it is compared with what it says itself while no filter is masked.',
    dead: 'Dead',
    deadHint: 'Filters whose weights are next to nothing.',
    copies: 'Extra copies',
    copiesHint: 'Filters that repeat an earlier one.',
    random: 'May be chance (π₀ · F)',
    randomHint: 'How many filters random weights would match. They may still be of use: this decides nothing.',
    range: '{estimate} ({low} to {high})',
    diversity: 'Diversity',
    diversityHint: 'How many directions the weights span, beside random weights of the same shape.',
    saturation: 'Directions of the output',
    saturationOf: '{components} of {filters}',
    saturationHint:
      'How many principal components hold 99 % of the variance of what the layer gives, over {positions} positions of validation pictures (Richter, Shenk and others 2020).',
    unknown: 'not known',
  },
  missing: '{order}: {why}',
  greedy: {
    chosen: 'Chosen by {pictures} of the pictures.',
    bounded:
      'In a layer and network of this size, each is tried only once {from} are left; before that they go in the order “{first}”. Chosen by {pictures} of the pictures.',
  },
  apply: {
    label: 'Filters from now on',
    shrink: 'Shrink to {count} and train on',
    grow: 'Grow to {count} and train on',
    same: 'Train on',
    note: 'A new run begins from these weights; the one in view stays as it is.',
    shrinkNote: 'Keeps the {count} filters of most use in the order chosen above.',
    unranked: 'Which filters are of least use was not measured, so none can be taken out.',
    growNote: 'New filters are drawn afresh. At first nothing reads them, so the network answers as before.',
    busy: 'A run is being trained; stop it before a new one begins.',
    starting: 'Beginning the new run',
  },
  file: {
    noData: 'Open pictures in the Data workspace first: the filters are masked while the model looks at them.',
    noImage: 'This model takes no pictures, so nothing can be shown to it.',
    note: 'Trains the model further on the pictures in the window, as is set under “{panel}”; the file stays as it is.',
    frozen: 'This layer is frozen: it would keep what it has, and new filters would stay as they are drawn.',
  },
  origin: {
    shrunk: 'This run began from {run} at step {step}, with {count} of the {filters} filters of {layer}.',
    grown: 'This run began from {run} at step {step}, with {count} filters in {layer} instead of {filters}.',
    back: 'Back to that run',
    gone: 'That run is not there any more.',
  },
}

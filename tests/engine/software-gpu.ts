import { existsSync } from 'node:fs'
import { constants } from 'node:os'

/** Debian's Chromium brings a Vulkan driver that computes on the CPU, and a loader for it. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json'
const loader = '/usr/lib/chromium/libvulkan.so.1'

/** glibc's flag for a library that stays loaded; Node names the others only. */
const RTLD_NODELETE = 0x1000

/** Why WebGPU cannot be tested here; undefined where the imitated graphics card is there. */
export const softwareGpuIsMissing: string | undefined =
  process.platform !== 'linux' || !existsSync(driver)
    ? `there is no ${driver}, a program that imitates a graphics card`
    : undefined

/** Makes this process's WebGPU compute on the imitated graphics card. Must come before the first WebGPU session. */
export function useSoftwareGpu(): void {
  process.env['VK_ICD_FILENAMES'] = driver
  if (!existsSync(loader)) return
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_LAZY | RTLD_NODELETE)
  } catch {
    // It is no Node module, which is what this says; it is loaded all the same, and found by its name from now on.
  }
}

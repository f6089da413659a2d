import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { env, listSupportedBackends } from 'onnxruntime-node'
import type { ProviderName } from '../protocol/settings.ts'
import { gpuName } from './gpu-name.ts'

export const providerTitles: Readonly<Record<ProviderName, string>> = {
  cpu: 'CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'Core ML',
}

/** The order in which accelerators are tried when a person leaves the choice to the program. */
export const automaticOrder = ['cuda', 'coreml', 'dml', 'webgpu'] as const satisfies readonly ProviderName[]

/** A full sentence why, and what to do. */
export interface Absence {
  readonly reason: string
  readonly advice: string
}

/** Threads a CPU session should use: as many as the system lets this process run at once. */
export function cpuThreads(): number {
  return availableParallelism()
}

/** Of ONNX Runtime, as its package is numbered. */
export function runtimeVersion(): string {
  return env.versions.node ?? env.versions.common
}

/** 'CPU · 2 threads', 'WebGPU · NVIDIA H200', or the provider's title alone where the device's name is not known. */
export function deviceLabel(provider: ProviderName): string {
  const title = providerTitles[provider]
  if (provider === 'cpu') return `${title} · ${cpuThreads()} ${cpuThreads() === 1 ? 'thread' : 'threads'}`
  const name = gpuName()
  return name === undefined ? title : `${title} · ${name}`
}

/** Why a provider cannot even be tried here; undefined where its library is present. */
export function absence(provider: ProviderName): Absence | undefined {
  const backend = listSupportedBackends().find(({ name }) => name === provider)
  const title = providerTitles[provider]
  if (backend === undefined) {
    return { reason: `${title} is not part of ONNX Runtime on ${systemName()}.`, advice: homes[provider] }
  }
  if (provider === 'cuda' && !existsSync(cudaLibrary())) {
    return {
      reason:
        'The CUDA library of ONNX Runtime is not installed: it is a separate download of several hundred megabytes.',
      advice:
        'With an NVIDIA card, CUDA 12 and cuDNN 9 present, run: node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12',
    }
  }
  return undefined
}

/** What to do about a provider whose library is there and whose test computation failed. */
export const remedies: Readonly<Record<ProviderName, string>> = {
  cpu: 'Install the package again with "npm ci".',
  webgpu:
    'Install the graphics driver of this machine; on Linux also the Vulkan loader (Debian and Ubuntu: apt install libvulkan1).',
  cuda: 'Install a current NVIDIA driver, CUDA 12 and cuDNN 9, and have them on the library path.',
  dml: 'Install the current graphics driver of this machine.',
  coreml: 'Update macOS.',
}

const homes: Readonly<Record<ProviderName, string>> = {
  cpu: '',
  webgpu: 'Use a 64-bit Linux, Windows or macOS.',
  cuda: 'Use a 64-bit Linux machine with an NVIDIA card.',
  dml: 'It exists on Windows only; nothing needs to be done.',
  coreml: 'It exists on macOS only; nothing needs to be done.',
}

function cudaLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node')
  const folder = join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch)
  return join(
    folder,
    process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so',
  )
}

function systemName(): string {
  const names: Readonly<Record<string, string>> = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' }
  return `${names[process.platform] ?? process.platform} (${process.arch})`
}

import type { Component } from 'vue'
import { Database, GraduationCap, Grid3x3, History, Layers } from '@lucide/vue'
import type { MessageKey } from '../i18n/text.ts'
import type { WorkspaceId } from '../stores/workspace.ts'
import DataWorkspace from './data/DataWorkspace.vue'
import LearnWorkspace from './learn/LearnWorkspace.vue'
import ModelWorkspace from './model/ModelWorkspace.vue'
import RunsWorkspace from './runs/RunsWorkspace.vue'
import TrainWorkspace from './train/TrainWorkspace.vue'

export interface Workspace {
  readonly id: WorkspaceId
  readonly label: MessageKey
  readonly goTo: MessageKey
  readonly icon: Component
  readonly component: Component
  /** Shows the list of layers left of it. */
  readonly hasSpine: boolean
}

/** The tabs of the window, in their order. */
export const workspaces: readonly Workspace[] = [
  {
    id: 'data',
    label: 'shell.workspaces.data',
    goTo: 'shell.actions.showData',
    icon: Database,
    component: DataWorkspace,
    hasSpine: false,
  },
  {
    id: 'model',
    label: 'shell.workspaces.model',
    goTo: 'shell.actions.showModel',
    icon: Layers,
    component: ModelWorkspace,
    hasSpine: false,
  },
  {
    id: 'train',
    label: 'shell.workspaces.train',
    goTo: 'shell.actions.showTrain',
    icon: Grid3x3,
    component: TrainWorkspace,
    hasSpine: true,
  },
  {
    id: 'runs',
    label: 'shell.workspaces.runs',
    goTo: 'shell.actions.showRuns',
    icon: History,
    component: RunsWorkspace,
    hasSpine: false,
  },
  {
    id: 'learn',
    label: 'shell.workspaces.learn',
    goTo: 'shell.actions.showLearn',
    icon: GraduationCap,
    component: LearnWorkspace,
    hasSpine: false,
  },
]

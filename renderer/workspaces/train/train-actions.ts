import {
  ArrowLeftToLine,
  Bookmark,
  ChevronLeft,
  ChevronRight,
  Pause,
  Play,
  Radio,
  StepBack,
  StepForward,
  X,
} from '@lucide/vue'
import { useActions } from '../../stores/actions.ts'
import { useRunLooksStore } from '../../stores/run-looks.ts'
import { useTimelineStore } from '../../stores/timeline.ts'
import { useTrainViewStore } from '../../stores/train-view.ts'
import { useTrainingStore } from '../../stores/training.ts'
import { useWorkspaceStore } from '../../stores/workspace.ts'

/** What can be done by key or palette with the filters and the timeline, while they are in view. */
export function useTrainActions(): void {
  const looks = useRunLooksStore()
  const timeline = useTimelineStore()
  const training = useTrainingStore()
  const view = useTrainViewStore()
  const workspace = useWorkspaceStore()
  const group = 'train.group'
  const isShown = (): boolean => workspace.current === 'train' && training.run !== undefined
  const hasFrames = (): boolean => isShown() && timeline.keptSteps.length > 1

  function goToFirstStructured(): void {
    if (looks.first === undefined) return
    view.selectLayer(looks.first.layer)
    timeline.goTo(looks.first.step)
  }

  useActions(() => [
    {
      id: 'train.previousLayer',
      group,
      label: 'train.actions.previousLayer',
      icon: ChevronLeft,
      keys: ['['],
      isAvailable: isShown,
      perform: () => view.moveLayer(-1),
    },
    {
      id: 'train.nextLayer',
      group,
      label: 'train.actions.nextLayer',
      icon: ChevronRight,
      keys: [']'],
      isAvailable: isShown,
      perform: () => view.moveLayer(1),
    },
    {
      id: 'train.play',
      group,
      label: 'train.actions.playPause',
      icon: timeline.isPlaying ? Pause : Play,
      keys: ['Space'],
      isAvailable: hasFrames,
      perform: timeline.togglePlay,
    },
    {
      id: 'train.previousStep',
      group,
      label: 'train.actions.previousStep',
      icon: StepBack,
      keys: [','],
      isAvailable: hasFrames,
      perform: timeline.previous,
    },
    {
      id: 'train.nextStep',
      group,
      label: 'train.actions.nextStep',
      icon: StepForward,
      keys: ['.'],
      isAvailable: hasFrames,
      perform: timeline.next,
    },
    {
      id: 'train.birth',
      group,
      label: 'train.actions.birth',
      icon: ArrowLeftToLine,
      isAvailable: hasFrames,
      perform: timeline.goToBirth,
    },
    {
      id: 'train.firstStructured',
      group,
      label: 'train.actions.firstStructured',
      icon: Bookmark,
      isAvailable: () => hasFrames() && looks.first !== undefined,
      perform: goToFirstStructured,
    },
    {
      id: 'train.live',
      group,
      label: 'train.actions.live',
      icon: Radio,
      isAvailable: hasFrames,
      perform: timeline.follow,
    },
    {
      id: 'train.deselect',
      group,
      label: 'train.actions.deselect',
      icon: X,
      keys: ['Escape'],
      isAvailable: () => isShown() && view.selection !== undefined,
      perform: () => (view.selection = undefined),
    },
  ])
}

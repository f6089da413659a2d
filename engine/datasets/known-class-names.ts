import { createHash } from 'node:crypto'

/** A data set that everybody knows, whose files hold class numbers only. */
export interface KnownDataset {
  readonly name: string
  /** In label order. */
  readonly classNames: readonly string[]
}

export const cifar10: KnownDataset = {
  name: 'CIFAR-10',
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
}

export const cifar100: KnownDataset = {
  name: 'CIFAR-100',
  classNames: [
    ...['apple', 'aquarium_fish', 'baby', 'bear', 'beaver', 'bed', 'bee', 'beetle', 'bicycle', 'bottle'],
    ...['bowl', 'boy', 'bridge', 'bus', 'butterfly', 'camel', 'can', 'castle', 'caterpillar', 'cattle'],
    ...['chair', 'chimpanzee', 'clock', 'cloud', 'cockroach', 'couch', 'crab', 'crocodile', 'cup'],
    ...['dinosaur', 'dolphin', 'elephant', 'flatfish', 'forest', 'fox', 'girl', 'hamster', 'house'],
    ...['kangaroo', 'keyboard', 'lamp', 'lawn_mower', 'leopard', 'lion', 'lizard', 'lobster', 'man'],
    ...['maple_tree', 'motorcycle', 'mountain', 'mouse', 'mushroom', 'oak_tree', 'orange', 'orchid'],
    ...['otter', 'palm_tree', 'pear', 'pickup_truck', 'pine_tree', 'plain', 'plate', 'poppy', 'porcupine'],
    ...['possum', 'rabbit', 'raccoon', 'ray', 'road', 'rocket', 'rose', 'sea', 'seal', 'shark', 'shrew'],
    ...['skunk', 'skyscraper', 'snail', 'snake', 'spider', 'squirrel', 'streetcar', 'sunflower'],
    ...['sweet_pepper', 'table', 'tank', 'telephone', 'television', 'tiger', 'tractor', 'train', 'trout'],
    ...['tulip', 'turtle', 'wardrobe', 'whale', 'willow_tree', 'wolf', 'woman', 'worm'],
  ],
}

const mnist: KnownDataset = {
  name: 'MNIST',
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
}

/** Names as the authors give them: https://github.com/zalandoresearch/fashion-mnist. */
const fashionMnist: KnownDataset = {
  name: 'Fashion-MNIST',
  classNames: [
    ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
    ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  ],
}

/** Names as the authors give them: https://github.com/MedMNIST/MedMNIST. */
const pneumoniaMnist: KnownDataset = { name: 'PneumoniaMNIST', classNames: ['normal', 'pneumonia'] }

/** By the SHA-256 of all labels of a file, in their order: names of files and folders prove nothing. */
const byLabels: Readonly<Record<string, KnownDataset>> = {
  '1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13': mnist,
  ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5: mnist,
  '657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7': fashionMnist,
  '3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9': fashionMnist,
  '13c6ece2a1da60187a0129e7a1b66c685dcbcffe8229225cb5e48e5ee12cfd3d': pneumoniaMnist,
}

/** The data set that these labels (uint8, in the file's order) are the training or the test labels of, if it is known. */
export function knownByLabels(labels: Uint8Array): KnownDataset | undefined {
  return byLabels[createHash('sha256').update(labels).digest('hex')]
}

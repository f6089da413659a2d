/**
 * Thrown by what a gradient rule calls where this one node cannot be differentiated. The message goes on after the
 * node's name: «slides over an image of unknown size».
 */
export class NodeRefusal extends Error {
  override readonly name = 'NodeRefusal'
}

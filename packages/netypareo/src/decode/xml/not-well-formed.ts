/** The document breaks a rule of XML. Says not where: the scanner knows. */
export class NotWellFormed extends Error {
  override readonly name = 'NotWellFormed';
}

// In place of parts of packages that nothing here calls, and that would be a tenth of the package.
const leftOut = (part) => {
  throw new Error(`the bundle has no ${part}`);
};

/** Of cssomnom, which linkedom asks for style sheets. */
export const parse = () => leftOut('parser of style sheets');

/** Of tar-fs, with which dockerode packs folders. */
export const pack = () => leftOut('packer of folders');

/** Of htmlparser2, with which linkedom reads HTML. */
export class Parser {
  constructor() {
    leftOut('parser of HTML');
  }
}

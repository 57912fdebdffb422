/** An error that a user can mend, printed without a stack trace: what is wrong, where, and what to do instead. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** Exit code of the process. */
  readonly exitCode: number = 1;
}

/** The command line itself was wrong; exit code 2. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
  override readonly exitCode = 2;
}

/** The run was ended by Ctrl-C or a signal; nothing more to say. */
export class Interrupted extends UserError {
  override readonly name = "Interrupted";
  override readonly exitCode = 130;

  constructor() {
    super("interrupted");
  }
}

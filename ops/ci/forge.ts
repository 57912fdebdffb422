/** A comment on the pull request that the pipeline runs for. */
export interface Comment {
  readonly id: number;
  readonly body: string;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
}

/** The operations of a code forge that the pipeline needs. Texts are markdown. */
export interface Forge {
  /** The pull request's comments that were written by this pipeline's own account, oldest first. */
  ownComments(): Promise<Comment[]>;
  createComment(body: string): Promise<void>;
  updateComment(id: number, body: string): Promise<void>;
  /** Open issues that were opened by this pipeline's own account. */
  ownOpenIssues(): Promise<Issue[]>;
  openIssue(title: string, body: string): Promise<void>;
  updateIssue(number: number, title: string, body: string): Promise<void>;
  closeIssue(number: number, comment: string): Promise<void>;
  /** Commit of the last push to this branch whose run of this workflow ended well; `undefined` if there is none. */
  lastSuccess(workflow: string): Promise<string | undefined>;
  /** The URL of the run's log. */
  readonly runUrl: string;
}

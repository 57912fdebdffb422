/** An administrator's access key, as S3's clients know one. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Session token of a key that ends by itself. */
  readonly session?: string | undefined;
}

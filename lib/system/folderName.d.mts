export declare function folderFault(path: string): string | undefined;
export declare function cloneFault(
  clone: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined;

/**
 * The security context of the restricted Pod Security Standard with a read-only root file system: the same for
 * tenants and for what they share. https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 *
 * @param userId uid and gid of the process, and of the volumes' files
 */
export const podSecurityContext = (userId: number) => ({
  runAsNonRoot: true,
  runAsUser: userId,
  runAsGroup: userId,
  fsGroup: userId,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
});

export const containerSecurityContext = () => ({
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
});

import { refusal } from "../refusal.ts";
import { accountSecretName } from "../services/accounts/accountSecret.ts";
import { servicesNamespace } from "../services/namespace.ts";

/**
 * Refuses to take over a tenant whose Secret of accounts has another key for its backups: a new one in its place would
 * leave them unreadable.
 *
 * @param former the incarnation that the Secret carries; undefined where nothing is taken over
 * @param own the incarnation by this stack's root
 * @throws pulumi.RunError
 */
export function refuseAnotherKey(id: string, former: string | undefined, own: string): void {
  if (former !== undefined && former !== own) {
    throw refusal(
      `${id}: the Secret ${servicesNamespace}/${accountSecretName(id)} opens the backups of the tenant that is taken over, and this ` +
        'stack has another key for them. Put it aside first: docs/operations.md, "Taking over what is there".',
    );
  }
}

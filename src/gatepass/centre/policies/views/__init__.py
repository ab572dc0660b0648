"""The pages of policies: the list, a version, writing, comparing. Terms and runs have files of their own."""

from gatepass.centre.policies.views.versions import (
    policies,
    policies_export,
    policy_compare,
    policy_edit,
    policy_file,
    policy_new,
    policy_state,
    policy_version,
)

__all__ = [
    "policies",
    "policies_export",
    "policy_compare",
    "policy_edit",
    "policy_file",
    "policy_new",
    "policy_state",
    "policy_version",
]

//! Every call that Musterbook makes to the API server (SPEC A8). The code can't make one that isn't here: a request is
//! built from its row. Musterbook's own identity and docs/PERMISSIONS.md are rendered from the same rows.

mod identity;
mod table;

pub use identity::{Account, identity_yaml};
pub use table::permissions_markdown;

use musterbook_core::error::Denial;

/// Where a call is made, and as whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// As the actor, in one project.
    Project,
    /// As the actor, for something that is in no project.
    Cluster,
    /// As Musterbook itself, in the whole cluster (SPEC A5).
    Own,
}

/// One row: a verb on a resource, and what Musterbook needs it for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub verb: &'static str,
    /// API group, empty for core.
    pub group: &'static str,
    /// Plural name, with `/subresource` where there is one; of what is no resource, the path.
    pub resource: &'static str,
    /// The only object of that resource that is asked for.
    pub name: Option<&'static str>,
    pub scope: Scope,
    pub why: &'static str,
}

impl Call {
    const fn project(verb: &'static str, group: &'static str, resource: &'static str, why: &'static str) -> Self {
        Self { verb, group, resource, name: None, scope: Scope::Project, why }
    }

    const fn cluster(verb: &'static str, group: &'static str, resource: &'static str, why: &'static str) -> Self {
        Self { verb, group, resource, name: None, scope: Scope::Cluster, why }
    }

    const fn own(verb: &'static str, group: &'static str, resource: &'static str, why: &'static str) -> Self {
        Self { verb, group, resource, name: None, scope: Scope::Own, why }
    }

    const fn named(self, name: &'static str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// What was asked, when the answer is no (SPEC A6).
    pub fn denial(&self, project: Option<&str>) -> Denial {
        Denial::new(self.verb, self.group, self.resource, project.filter(|_| self.scope == Scope::Project))
    }

    pub fn is_read(&self) -> bool {
        matches!(self.verb, "get" | "list" | "watch")
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const WORKLOADS: &str = "workloads that name an account, before it is deleted";

pub const REVIEW: Call = Call::cluster(
    "create",
    "authorization.k8s.io",
    "selfsubjectaccessreviews",
    "which buttons are shown, which projects are theirs",
);
pub const GET_PROJECT: Call = Call::cluster("get", "", "namespaces", "a project's workspace and alias");
pub const LIST_PROJECTS: Call = Call::cluster("list", "", "namespaces", "the projects of those who may list them");
pub const LIST_CLUSTER_ROLES: Call =
    Call::cluster("list", RBAC, "clusterroles", "ClusterRoles that are marked as project roles");
pub const GET_SCHEMA: Call = Call::cluster("get", "", "/openapi/v3/api/v1", "completion and hover text of Edit YAML");
pub const GET_CLUSTER_ROLE: Call = Call::cluster(
    "get",
    RBAC,
    "clusterroles",
    "what a ClusterRole allows, for who gains and loses what by Change Role",
);
pub const LIST_CLUSTER_BINDINGS: Call = Call::cluster(
    "list",
    RBAC,
    "clusterrolebindings",
    "an account's other bindings, in Change Role and Delete: one page",
);

pub const LIST_ACCOUNTS: Call = Call::project("list", "", "serviceaccounts", "the list of accounts");
pub const GET_ACCOUNT: Call = Call::project("get", "", "serviceaccounts", "an account's details and YAML");
pub const CREATE_ACCOUNT: Call = Call::project("create", "", "serviceaccounts", "Create, Undo");
pub const PATCH_ACCOUNT: Call =
    Call::project("patch", "", "serviceaccounts", "Edit Information, Edit Settings, Change Role, Undo");
pub const UPDATE_ACCOUNT: Call = Call::project("update", "", "serviceaccounts", "Edit YAML");
pub const DELETE_ACCOUNT: Call = Call::project("delete", "", "serviceaccounts", "Delete");
pub const ISSUE_TOKEN: Call = Call::project("create", "", "serviceaccounts/token", "Issue kubeconfig");
pub const LIST_ROLES: Call = Call::project("list", RBAC, "roles", "project roles, and whether a bound role exists");
pub const LIST_KUBESPHERES_ROLES: Call =
    Call::project("list", "iam.kubesphere.io", "roles", "project roles, where KubeSphere 4 has them as its own kind");
pub const LIST_BINDINGS: Call = Call::project("list", RBAC, "rolebindings", "which role an account is bound to");
pub const GET_BINDING: Call =
    Call::project("get", RBAC, "rolebindings", "whether a binding that exists is the wanted one");
pub const CREATE_BINDING: Call =
    Call::project("create", RBAC, "rolebindings", "giving a role, and the dry runs that say who may give which");
pub const DELETE_BINDING: Call = Call::project("delete", RBAC, "rolebindings", "taking a role away");
pub const LIST_SECRETS: Call =
    Call::project("list", "", "secrets", "token Secrets of an account, and those that images are pulled with, by type");
pub const GET_SECRET: Call = Call::project("get", "", "secrets", "revealing one value of a token Secret");
pub const LIST_PODS: Call = Call::project("list", "", "pods", "pods that run as an account");
pub const LIST_DEPLOYMENTS: Call = Call::project("list", "apps", "deployments", WORKLOADS);
pub const LIST_STATEFUL_SETS: Call = Call::project("list", "apps", "statefulsets", WORKLOADS);
pub const LIST_DAEMON_SETS: Call = Call::project("list", "apps", "daemonsets", WORKLOADS);
pub const LIST_JOBS: Call = Call::project("list", "batch", "jobs", WORKLOADS);
pub const LIST_CRON_JOBS: Call = Call::project("list", "batch", "cronjobs", WORKLOADS);
pub const GET_ROOT_CA: Call =
    Call::project("get", "", "configmaps", "the CA that a kubeconfig carries").named("kube-root-ca.crt");

pub const LIST_ALL_ACCOUNTS: Call = Call::own("list", "", "serviceaccounts", "the cache of accounts, their metadata");
pub const WATCH_ALL_ACCOUNTS: Call = Call::own("watch", "", "serviceaccounts", "keeping it up to date");
pub const LIST_ALL_NAMESPACES: Call = Call::own("list", "", "namespaces", "the cache of projects, their metadata");
pub const WATCH_ALL_NAMESPACES: Call = Call::own("watch", "", "namespaces", "keeping it up to date");
pub const LIST_ALL_BINDINGS: Call =
    Call::own("list", RBAC, "rolebindings", "the cache of bindings, and finding a person's projects by them");
pub const WATCH_ALL_BINDINGS: Call = Call::own("watch", RBAC, "rolebindings", "keeping it up to date");
pub const LIST_ALL_ROLES: Call = Call::own("list", RBAC, "roles", "the cache of roles, their names");
pub const WATCH_ALL_ROLES: Call = Call::own("watch", RBAC, "roles", "keeping it up to date");
pub const LIST_ALL_PODS: Call = Call::own("list", "", "pods", "the cache of pods: account and phase");
pub const WATCH_ALL_PODS: Call = Call::own("watch", "", "pods", "keeping it up to date");
pub const GET_KUBESPHERE: Call =
    Call::own("get", "apps", "deployments", "whether KubeSphere's controller runs here").named("ks-controller-manager");

/// All of them, in the order of the documentation.
pub const CALLS: [Call; 40] = [
    REVIEW,
    GET_PROJECT,
    LIST_PROJECTS,
    LIST_CLUSTER_ROLES,
    GET_SCHEMA,
    GET_CLUSTER_ROLE,
    LIST_CLUSTER_BINDINGS,
    LIST_ACCOUNTS,
    GET_ACCOUNT,
    CREATE_ACCOUNT,
    PATCH_ACCOUNT,
    UPDATE_ACCOUNT,
    DELETE_ACCOUNT,
    ISSUE_TOKEN,
    LIST_ROLES,
    LIST_KUBESPHERES_ROLES,
    LIST_BINDINGS,
    GET_BINDING,
    CREATE_BINDING,
    DELETE_BINDING,
    LIST_SECRETS,
    GET_SECRET,
    LIST_PODS,
    LIST_DEPLOYMENTS,
    LIST_STATEFUL_SETS,
    LIST_DAEMON_SETS,
    LIST_JOBS,
    LIST_CRON_JOBS,
    GET_ROOT_CA,
    LIST_ALL_ACCOUNTS,
    WATCH_ALL_ACCOUNTS,
    LIST_ALL_NAMESPACES,
    WATCH_ALL_NAMESPACES,
    LIST_ALL_BINDINGS,
    WATCH_ALL_BINDINGS,
    LIST_ALL_ROLES,
    WATCH_ALL_ROLES,
    LIST_ALL_PODS,
    WATCH_ALL_PODS,
    GET_KUBESPHERE,
];

// The API server, asked without the console: as an administrator, to prepare and to check, or with a kubeconfig that
// the console gave out.

import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import { parse } from 'yaml';

import { environment } from './environment.ts';

export const PROJECT = 'demo-project';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

export interface Kubeconfig {
  clusters: { name: string; cluster: { server: string; 'certificate-authority-data'?: string } }[];
  users: {
    name: string;
    user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string };
  }[];
  contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
  'current-context': string;
}

/** Any Kubernetes object, as far as the tests look into it. */
export interface Thing {
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string; blockOwnerDeletion?: boolean }[];
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

export interface Binding extends Thing {
  roleRef: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
}

export interface Answer {
  status: number;
  body: string;
}

/** Asks with the credentials of a kubeconfig's current context. */
export class ApiServer {
  readonly #server: string;
  readonly #tls: { ca?: Buffer; cert?: Buffer; key?: Buffer };
  readonly #token: string | undefined;

  constructor(kubeconfig: Kubeconfig) {
    const context = kubeconfig.contexts.find(({ name }) => name === kubeconfig['current-context'])?.context;
    const cluster = kubeconfig.clusters.find(({ name }) => name === context?.cluster)?.cluster;
    const user = kubeconfig.users.find(({ name }) => name === context?.user)?.user;
    if (!cluster || !user) throw new Error('the kubeconfig is not complete');
    const decoded = (text: string | undefined) => (text ? Buffer.from(text, 'base64') : undefined);
    const [ca, cert, key] = [
      decoded(cluster['certificate-authority-data']),
      decoded(user['client-certificate-data']),
      decoded(user['client-key-data']),
    ];
    this.#server = cluster.server;
    this.#tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
    this.#token = user.token;
  }

  ask(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = type;
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    return new Promise((resolve, reject) => {
      const options = { method, headers, ...this.#tls, agent: false, timeout: 20_000 } as const;
      const asked = request(new URL(path, this.#server), options, response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', reject);
      });
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer`)));
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The object in the answer; anything but success is an error. */
  async must<T = Thing>(method: string, path: string, body?: unknown, type?: string): Promise<T> {
    const answer = await this.ask(method, path, body, type);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }
}

export function parseKubeconfig(text: string): Kubeconfig {
  return parse(text) as Kubeconfig;
}

/** Deleting the binding, though trying it says that it can be. As CEL sees the request. */
export const deletingForReal = (binding: string) =>
  `request.operation == 'DELETE' && request.name == '${binding}' && !request.dryRun`;

/** What an administrator does around the tests. */
export class Admin extends ApiServer {
  constructor() {
    super(parseKubeconfig(readFileSync(environment.adminKubeconfig, 'utf8')));
  }

  account(name: string, project = PROJECT): Promise<Thing> {
    return this.must('GET', accountPath(name, project));
  }

  async accountExists(name: string, project = PROJECT): Promise<boolean> {
    return (await this.ask('GET', accountPath(name, project))).status === 200;
  }

  createAccount(name: string, annotations: Record<string, string> = {}, project = PROJECT): Promise<Thing> {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, annotations } };
    return this.must('POST', `/api/v1/namespaces/${project}/serviceaccounts`, account);
  }

  annotate(name: string, annotations: Record<string, string | null>, project = PROJECT): Promise<Thing> {
    const patch = { metadata: { annotations } };
    return this.must('PATCH', accountPath(name, project), patch, 'application/merge-patch+json');
  }

  async deleteAccount(name: string, project = PROJECT): Promise<void> {
    const { status, body } = await this.ask('DELETE', accountPath(name, project));
    if (status !== 200 && status !== 404) throw new Error(`delete ${name}: ${status} ${body}`);
  }

  /** A binding that nobody owns, as others make them. Its name is the answer. */
  async bind(account: string, role: string, project = PROJECT): Promise<string> {
    const binding = bindingOf(account, role, project);
    await this.must('POST', `${RBAC}/namespaces/${project}/rolebindings`, binding);
    return binding.metadata.name;
  }

  /** The bindings of an account in its project. */
  async bindings(name: string, project = PROJECT): Promise<Binding[]> {
    const list = await this.must<{ items: Binding[] }>('GET', `${RBAC}/namespaces/${project}/rolebindings`);
    return list.items.filter(({ subjects }) =>
      subjects?.some(subject => subject.kind === 'ServiceAccount' && subject.name === name),
    );
  }

  /** Has a binding hold `default`, too, as somebody might by hand. */
  async share({ metadata, subjects = [] }: Binding): Promise<void> {
    const path = `${RBAC}/namespaces/${metadata.namespace}/rolebindings/${metadata.name}`;
    const both = [...subjects, { kind: 'ServiceAccount', name: 'default', namespace: metadata.namespace }];
    await this.must('PATCH', path, { subjects: both }, 'application/merge-patch+json');
  }

  /** The API server hears of a new binding a moment after it has stored it, and Musterbook keeps what a review said. */
  async untilAllowed(
    user: string,
    resourceAttributes: { verb: string; group?: string; resource: string; namespace?: string },
  ): Promise<void> {
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const isAllowed = async () => {
      const review = await this.must<{ status: { allowed: boolean } }>('POST', path, { spec: { user, resourceAttributes } });
      return review.status.allowed;
    };
    for (const end = Date.now() + 20_000; !(await isAllowed()); ) {
      if (Date.now() > end) throw new Error(`${user} never got the right to ${JSON.stringify(resourceAttributes)}`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  /** Lets a person list all namespaces while `act` runs. */
  async whoMayListNamespaces(person: string, act: () => Promise<void>): Promise<void> {
    const name = `e2e-namespaces-${person}`;
    const metadata = { name };
    const rules = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['list'] }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: person }];
    try {
      await this.must('POST', `${RBAC}/clusterroles`, { metadata, rules });
      await this.must('POST', `${RBAC}/clusterrolebindings`, { metadata, roleRef, subjects });
      await this.untilAllowed(person, { verb: 'list', resource: 'namespaces' });
      await act();
    } finally {
      await this.ask('DELETE', `${RBAC}/clusterrolebindings/${name}`);
      await this.ask('DELETE', `${RBAC}/clusterroles/${name}`);
    }
  }

  /** Lets a person list the accounts of a project while `act` runs, or until it withdraws that. */
  async whoMayListAccounts(
    person: string,
    project: string,
    act: (withdraw: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const name = `e2e-accounts-${person}`;
    const metadata = { name };
    const rules = [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list'] }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: person }];
    const within = `${RBAC}/namespaces/${project}`;
    const withdraw = async () => {
      await this.ask('DELETE', `${within}/rolebindings/${name}`);
    };
    try {
      await this.must('POST', `${within}/roles`, { metadata, rules });
      await this.must('POST', `${within}/rolebindings`, { metadata, roleRef, subjects });
      await this.untilAllowed(person, { verb: 'list', resource: 'serviceaccounts', namespace: project });
      await act(withdraw);
    } finally {
      await withdraw();
      await this.ask('DELETE', `${within}/roles/${name}`);
    }
  }

  /**
   * Has the API server refuse what `expression` says (CEL) about role bindings and accounts of the project, while `act`
   * runs. `about` makes its name, and `about`-probe is a binding that nobody may make: whether the policy holds yet.
   */
  async whileRefused(about: string, expression: string, act: () => Promise<void>, project = PROJECT): Promise<void> {
    const name = `e2e-${about}`;
    const [policies, bindings] = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'].map(
      kind => `/apis/admissionregistration.k8s.io/v1/${kind}`,
    );
    const rule = (apiGroup: string, resource: string, operations: string[]) => ({
      apiGroups: [apiGroup],
      apiVersions: ['v1'],
      resources: [resource],
      operations,
    });
    const probe = { ...bindingOf('nobody', 'viewer', project), metadata: { name: `${about}-probe` } };
    const isProbe = `request.name == '${probe.metadata.name}'`;
    const spec = {
      matchConstraints: {
        resourceRules: [
          rule('rbac.authorization.k8s.io', 'rolebindings', ['CREATE', 'DELETE']),
          rule('', 'serviceaccounts', ['DELETE']),
        ],
      },
      matchConditions: [{ name: 'here', expression: `request.namespace == '${project}'` }],
      validations: [{ expression: `!(${isProbe} || (${expression}))`, message: 'refused by a test' }],
    };
    const probed = async () => {
      const path = `${RBAC}/namespaces/${project}/rolebindings?dryRun=All`;
      return (await this.ask('POST', path, probe)).status;
    };
    const until = async (refused: boolean) => {
      for (const end = Date.now() + 20_000; ((await probed()) === 422) !== refused; ) {
        if (Date.now() > end) throw new Error(`the policy ${name} never ${refused ? 'held' : 'ended'}`);
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    };
    try {
      await this.must('POST', policies!, { metadata: { name }, spec });
      await this.must('POST', bindings!, { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } });
      await until(true);
      await act();
    } finally {
      await this.ask('DELETE', `${bindings}/${name}`);
      await this.ask('DELETE', `${policies}/${name}`);
      await until(false);
    }
  }

  /** An account that is deleted meanwhile stays, as somebody's finalizer holds it, until `act` is over. */
  async whileHeld(name: string, project: string, act: () => Promise<void>): Promise<void> {
    const finalizers = (list: string[]) =>
      this.ask('PATCH', accountPath(name, project), { metadata: { finalizers: list } }, 'application/merge-patch+json');
    await finalizers(['example.com/e2e']);
    try {
      await act();
    } finally {
      await finalizers([]);
    }
  }

  /** Takes an account and its bindings away, whatever a test left of them. */
  async cleanUp(name: string, project = PROJECT): Promise<void> {
    await this.deleteAccount(name, project);
    for (const { metadata } of await this.bindings(name, project)) {
      await this.ask('DELETE', `${RBAC}/namespaces/${project}/rolebindings/${metadata.name}`);
    }
  }
}

function bindingOf(account: string, role: string, project: string) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: `${account}-${role}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: project }],
  };
}

export function accountPath(name: string, project = PROJECT): string {
  return `/api/v1/namespaces/${project}/serviceaccounts/${name}`;
}

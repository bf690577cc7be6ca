// The SDK does not honour HTTPS_PROXY by itself (K13); every client gets the agents made here.
import http from 'node:http';
import https from 'node:https';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import ipaddr from 'ipaddr.js';
import { badInput } from '../errors.ts';

export interface Environment {
  readonly [name: string]: string | undefined;
}

export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/**
 * Agents for HTTP and HTTPS that go through HTTP_PROXY and HTTPS_PROXY (lower case wins) except to what NO_PROXY names.
 * `keepAlive` false: each call opens a connection of its own.
 * @throws PerimeterError PROXY (exit 2) where the proxy is not an http or https URL; its credentials are not shown.
 */
export function agentsFor(env: Environment, keepAlive: boolean): Agents {
  const direct = (host: string, port: number): boolean => bypassesProxy(env.no_proxy ?? env.NO_PROXY ?? '', host, port);
  const options = { keepAlive, maxSockets: 50 };
  const httpProxy = proxyUrl(env, 'HTTP_PROXY');
  const httpsProxy = proxyUrl(env, 'HTTPS_PROXY');
  return {
    httpAgent:
      httpProxy === null ? new http.Agent(options) : selective(new HttpProxyAgent({ ...options, proxy: httpProxy }), http.Agent, direct),
    httpsAgent:
      httpsProxy === null
        ? new https.Agent(options)
        : selective(new HttpsProxyAgent({ ...options, proxy: httpsProxy }), https.Agent, direct),
  };
}

/**
 * Whether a connection to `host`:`port` goes past the proxy: loopback always, else what the NO_PROXY list says: `*`,
 * names with all names under them, addresses, networks in CIDR notation, each with an optional port.
 */
export function bypassesProxy(noProxy: string, host: string, port: number): boolean {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (name === 'localhost' || isLoopback(name)) return true;
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matchesEntry(entry.toLowerCase(), name, port));
}

/** True for 127.0.0.0/8, ::1 and `localhost`. */
export const isLoopback = (host: string): boolean => {
  const name = host.replace(/^\[|\]$/g, '');
  return name === 'localhost' || (ipaddr.isValid(name) && ipaddr.parse(name).range() === 'loopback');
};

function matchesEntry(entry: string, name: string, port: number): boolean {
  if (entry === '*') return true;
  const withPort = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry);
  if (withPort?.[2] !== undefined && Number(withPort[2]) !== port) return false;
  const host = (withPort?.[1] ?? entry).replace(/^\[|\]$/g, '');
  if (ipaddr.isValidCIDR(host)) {
    const [network, bits] = ipaddr.parseCIDR(host);
    if (!ipaddr.isValid(name)) return false;
    const address = ipaddr.parse(name);
    return address.kind() === network.kind() && address.match(network, bits);
  }
  if (ipaddr.isValid(host) && ipaddr.isValid(name))
    return ipaddr.parse(host).toNormalizedString() === ipaddr.parse(name).toNormalizedString();
  const suffix = host.replace(/^\*?\./, '').replace(/\.$/, '');
  return name === suffix || name.endsWith(`.${suffix}`);
}

function proxyUrl(env: Environment, name: 'HTTP_PROXY' | 'HTTPS_PROXY'): URL | null {
  const value = env[name.toLowerCase()] ?? env[name] ?? '';
  if (value === '') return null;
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw badInput(
      'PROXY',
      `reading ${name}: expected a URL such as http://proxy.example.com:3128`,
      `set ${name} to an http or https URL, or unset it`,
    );
  }
  return url;
}

interface Connects {
  createConnection(options: { readonly host?: string | null; readonly port?: number | string | null }, callback: unknown): unknown;
}

// One agent for all clients: it decides at each connection whether the destination is behind the proxy.
function selective<T extends http.Agent>(
  agent: T,
  base: { readonly prototype: http.Agent },
  direct: (host: string, port: number) => boolean,
): T {
  const throughProxy = connectionOf(agent);
  const straight = connectionOf(base.prototype);
  const createConnection: Connects['createConnection'] = (options, callback) =>
    (direct(options.host ?? '', Number(options.port ?? 0)) ? straight : throughProxy).call(agent, options, callback);
  return Object.assign(agent, { createConnection });
}

const connectionOf = (agent: http.Agent): Connects['createConnection'] => {
  const method: unknown = Reflect.get(agent, 'createConnection');
  if (typeof method !== 'function') throw new TypeError('http.Agent has no createConnection');
  return function (this: unknown, options, callback) {
    return Reflect.apply(method, this, [options, callback]);
  };
};

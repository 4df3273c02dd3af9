// A real OpenID provider on loopback. Its only argument is a JSON file:
//   port      where to listen
//   keys      private JWKs, the first of a kind signs
//   clients   id -> {claims, audience, algorithm, ttl}: what their access tokens say
//   people    login -> claims: what their ID tokens say; any password will do
// It writes its issuer to stdout once it listens.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const { port, keys, clients, people } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const issuer = `http://127.0.0.1:${port}`;
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'];

const provider = new Provider(issuer, {
  jwks: { keys },
  enabledJWA: { idTokenSigningAlgValues: algorithms },
  clients: [
    ...Object.keys(clients).map((id) => ({
      client_id: id,
      client_secret: 'open sesame',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    {
      client_id: 'browser',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1/signed-in'],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  cookies: { keys: ['for tests'] },
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  claims: { openid: ['sub', ...new Set(Object.values(people).flatMap(Object.keys))] },
  findAccount: (_, login) => ({
    accountId: login,
    claims: () => ({ sub: login, ...people[login] }),
  }),
  extraTokenClaims: (_, token) => clients[token.clientId]?.claims,
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, __, { clientId }) => ({
        scope: '',
        audience: clients[clientId].audience ?? 'archive',
        accessTokenFormat: 'jwt',
        accessTokenTTL: clients[clientId].ttl ?? 3600,
        jwt: { sign: { alg: clients[clientId].algorithm ?? 'RS256' } },
      }),
    },
  },
  ttl: { IdToken: 3600, Grant: 3600, Session: 3600, Interaction: 3600 },
});

const server = createServer(provider.callback());
server.listen(port, '127.0.0.1', () => console.log(issuer));

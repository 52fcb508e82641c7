// Signs in to a running quickstart with openid-client, an independent relying
// party: what it accepts is what the specifications say, and not what we think
// they say. Usage: node referee.mjs READY-FILE
//
// READY-FILE is what `quickstart serve --ready-file` writes.
import './webcrypto.mjs'
import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Browser, formWith, shown } from './browser.mjs'

const openid = await import('openid-client')
const ready = JSON.parse(await readFile(process.argv[2], 'utf8'))
const scope = 'openid profile offline_access'
const counts = { passed: 0, failed: 0 }

try {
  await referee()
} catch (error) {
  counts.failed += 1
  console.log(`    ${explain(error)}`)
  console.log('    the steps after this one were not reached')
}
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1

async function referee() {
  const config = await step('metadata is discovered', discover)
  const metadata = config.serverMetadata()

  await step('metadata promises PKCE, iss and private_key_jwt', () => {
    assert(metadata.supportsPKCE('S256'), 'code_challenge_methods_supported has no S256')
    assert.equal(metadata.authorization_response_iss_parameter_supported, true)
    assert(metadata.token_endpoint_auth_methods_supported?.includes('private_key_jwt'))
  })

  const checks = {
    pkceCodeVerifier: openid.randomPKCECodeVerifier(),
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
    idTokenExpected: true,
  }
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: ready.redirect_uri,
    scope,
    code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  })

  const browser = new Browser()
  const { page, form } = await step('the discovery screen offers the password', async () => {
    const page = await browser.open(url, ready.redirect_uri)
    assert(page.html, 'no page was shown before the redirect')
    assert.equal(page.status, 200, shown(page))
    return { page, form: formWith(page, 'password') }
  })

  const landed = await step('the password signs in and leads back to the client', async () => {
    const values = { username: ready.username, password: ready.password }
    const after = await browser.submit(page, form, values, ready.redirect_uri)
    assert(after.landed, `stopped at a page (${after.status}): ${after.html && shown(after)}`)
    return after.landed
  })

  await step('the response carries code, state and iss', () => {
    assert(landed.searchParams.get('code'), `no code in ${landed.search}`)
    assert.equal(landed.searchParams.get('state'), checks.expectedState)
    assert.equal(landed.searchParams.get('iss'), ready.issuer)
  })

  const tokens = await step('the code is redeemed, the ID token is valid', async () => {
    const tokens = await openid.authorizationCodeGrant(config, landed, checks)
    assert.equal(tokens.claims().iss, ready.issuer)
    assert(tokens.refresh_token, 'no refresh token')
    return tokens
  })
  const { sub } = tokens.claims()

  await step('userinfo answers for the same subject', () =>
    openid.fetchUserInfo(config, tokens.access_token, sub),
  )

  const fresh = await step('a refresh gives new tokens, the refresh token rotates', async () => {
    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token)
    assert.notEqual(fresh.access_token, tokens.access_token)
    assert(fresh.refresh_token, 'no refresh token')
    assert.notEqual(fresh.refresh_token, tokens.refresh_token)
    assert.equal(fresh.claims()?.sub ?? sub, sub)
    return fresh
  })

  await step('the rotated tokens work', async () => {
    await openid.fetchUserInfo(config, fresh.access_token, sub)
    const next = await openid.refreshTokenGrant(config, fresh.refresh_token)
    fresh.refresh_token = next.refresh_token
  })

  await step('a code used twice is refused', () =>
    refused(() => openid.authorizationCodeGrant(config, landed, checks)),
  )

  await step('and its grant is revoked', () =>
    refused(() => openid.refreshTokenGrant(config, fresh.refresh_token)),
  )
}

async function discover() {
  const pkcs8 = createPrivateKey(ready.private_key_pem).export({ format: 'der', type: 'pkcs8' })
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  return openid.discovery(
    new URL(ready.issuer),
    ready.client_id,
    { id_token_signed_response_alg: 'ES256' },
    openid.PrivateKeyJwt({ key, kid: ready.kid }),
    {
      execute: [
        // The demo serves plain http on loopback.
        openid.allowInsecureRequests,
        // Check the signature even of an ID token from the token endpoint.
        openid.enableNonRepudiationChecks,
      ],
    },
  )
}

async function step(name, run) {
  try {
    const result = await run()
    counts.passed += 1
    console.log(`  ✓ ${name}`)
    return result
  } catch (error) {
    console.log(`  ✗ ${name}`)
    throw error
  }
}

async function refused(run) {
  const error = await run().then(
    () => assert.fail('it was answered with tokens'),
    (error) => error,
  )
  assert.equal(error.error, 'invalid_grant', explain(error))
}

function explain(error) {
  const wire = error.error && `${error.error}: ${error.error_description ?? ''}`
  const cause = error.cause && `(${error.cause.message ?? JSON.stringify(error.cause)})`
  return [error.message, wire, cause].filter(Boolean).join(' ')
}

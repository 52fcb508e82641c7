// Node 18 (Debian 12) has WebCrypto, yet not under its global names, which
// openid-client and jose expect. Later versions of Node are left as they are.
import { webcrypto } from 'node:crypto'

globalThis.crypto ??= webcrypto
globalThis.CryptoKey ??= webcrypto.CryptoKey

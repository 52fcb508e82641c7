// As much of a browser as a sign-in page needs: cookies, redirects that are
// followed one by one, and forms. No script runs.
//
// On `node:http`, because the `fetch` of Node 18 as Debian 12 has it joins the
// Set-Cookie headers of a response.

import http from 'node:http'
import https from 'node:https'

const MOST_REDIRECTS = 15
const TIMEOUT = 20_000

export class Browser {
  #cookies = new Map()

  // Loads a page. Redirects are followed until a page is shown or until one
  // leads to `until`, which is not loaded: `landed` then has its URL.
  async open(url, until) {
    return this.#follow(new URL(url), { method: 'GET' }, until)
  }

  // Fills in a form of `page` and sends it.
  async submit(page, form, values, until) {
    const fields = new URLSearchParams([...form.fields, ...Object.entries(values)])
    const request = {
      method: 'POST',
      body: fields.toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: page.url.origin,
      },
    }
    return this.#follow(new URL(form.action, page.url), request, until)
  }

  async #follow(url, request, until) {
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const headers = { accept: 'text/html', ...request.headers, ...this.#cookieHeader(url) }
      const response = await send(url, { ...request, headers })
      this.#remember(url, response)
      const { location } = response.headers
      if (response.status < 300 || response.status > 399 || location === undefined) {
        return { url, status: response.status, html: response.text }
      }
      url = new URL(location, url)
      request = { method: 'GET' }
      if (url.href.startsWith(until)) return { landed: url }
    }
    throw new Error(`more than ${MOST_REDIRECTS} redirects`)
  }

  // Cookies ignore ports (RFC 6265 8.5), so the host alone is the key.
  #cookieHeader(url) {
    const pairs = [...this.#cookies.values()]
      .filter((cookie) => cookie.host === url.hostname && url.pathname.startsWith(cookie.path))
      .map((cookie) => `${cookie.name}=${cookie.value}`)
    return pairs.length === 0 ? {} : { cookie: pairs.join('; ') }
  }

  #remember(url, response) {
    for (const line of response.headers['set-cookie'] ?? []) {
      const [pair, ...rest] = line.split(';').map((part) => part.trim())
      const [name, value] = splitAt(pair)
      const attributes = Object.fromEntries(
        rest.map(splitAt).map(([key, text]) => [key.toLowerCase(), text]),
      )
      const path = attributes.path?.startsWith('/') ? attributes.path : '/'
      const key = `${url.hostname} ${path} ${name}`
      const gone =
        Number(attributes['max-age'] ?? 1) <= 0 || new Date(attributes.expires ?? NaN) < new Date()
      if (gone) this.#cookies.delete(key)
      else this.#cookies.set(key, { host: url.hostname, path, name, value })
    }
  }
}

// One request and its whole response.
function send(url, { method, headers, body }) {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http
    const sent = request(url, { method, headers, timeout: TIMEOUT }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode, headers: response.headers, text })
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`${url} did not answer in time`)))
    sent.on('error', reject)
    sent.end(body)
  })
}

// The form of a page that has an input of this name, with its hidden fields and
// the name and value of its button.
export function formWith(page, name) {
  for (const [, tag, body] of page.html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)) {
    const inputs = [...body.matchAll(/<(input|button)\b([^>]*)>/gi)].map(([, element, text]) => ({
      type: element.toLowerCase() === 'button' ? 'submit' : 'text',
      ...attributesOf(text),
    }))
    if (!inputs.some((input) => input.name === name)) continue
    const hidden = inputs.filter((input) => input.type === 'hidden')
    const button = inputs.find((input) => input.type === 'submit' && input.name)
    const sent = [...hidden, ...(button ? [button] : [])]
    return {
      action: attributesOf(tag).action ?? page.url.href,
      fields: sent.map((input) => [input.name, input.value ?? '']),
    }
  }
  throw new Error(`no form with \`${name}\` at ${page.url.pathname} (${page.status}): ${shown(page)}`)
}

// What a person would read, for messages.
export function shown(page) {
  const text = page.html
    .replace(/<(style|script|head)\b.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
  return unescape(text).replace(/\s+/g, ' ').trim().slice(0, 300)
}

function attributesOf(text) {
  const found = {}
  for (const [, key, double, single, bare] of text.matchAll(
    /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g,
  )) {
    found[key.toLowerCase()] = unescape(double ?? single ?? bare)
  }
  return found
}

function unescape(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16))
    if (decimal) return String.fromCodePoint(Number(decimal))
    return named[name] ?? whole
  })
}

function splitAt(text) {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

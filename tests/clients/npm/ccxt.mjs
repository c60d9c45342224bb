// `ccxt` for Node, in its own words where it has some, else in the API's.

import ccxt from 'ccxt'

import { apiKey, apiSecret, baseUrl, privateKey, tell } from './story.mjs'

const exchange = new ccxt.binance({ apiKey, secret: privateKey ?? apiSecret })
for (const [name, url] of Object.entries(exchange.urls.api)) {
  exchange.urls.api[name] = baseUrl + new URL(url).pathname
}
const data = async (answer) => (await answer).data

await tell({
  create: async (token, amount) => (await exchange.createGiftCode(token, amount)).info.data,
  buy: (baseToken, faceToken, amount) =>
    data(exchange.sapiPostGiftcardBuyCode({ baseToken, faceToken, baseTokenAmount: amount })),
  limits: (baseToken) => data(exchange.sapiGetGiftcardBuyCodeTokenLimit({ baseToken })),
  rsaKey: () => data(exchange.sapiGetGiftcardCryptographyRsaPublicKey()),
  verify: (referenceNo) => data(exchange.verifyGiftCode(referenceNo)),
  redeem: (code, externalUid) => data(exchange.redeemGiftCode(code, externalUid ? { externalUid } : {})),
  refusal: (error) => JSON.parse(error.message.replace(/^binance /, '')).code, // it has the code nowhere else
})

// `@binance/connector`, the vendor's client for Node. It has no method for the limits of a token.

import { createPrivateKey } from 'node:crypto'

import { PrivateKeyAlgo, Spot } from '@binance/connector'

import { apiKey, apiSecret, baseUrl, privateKey, tell } from './story.mjs'

const algorithms = { rsa: PrivateKeyAlgo.RSA, ed25519: PrivateKeyAlgo.ED25519 }
const signing = privateKey && {
  privateKey,
  privateKeyAlgo: algorithms[createPrivateKey(privateKey).asymmetricKeyType],
}
const spot = new Spot(apiKey, apiSecret, { baseURL: baseUrl, ...signing })
const data = async (answer) => (await answer).data.data // of HTTP's answer, then of the API's

await tell({
  create: (token, amount) => data(spot.giftCardCreateCode(token, amount)),
  buy: (baseToken, faceToken, amount) => data(spot.giftCardBuyCode(baseToken, faceToken, amount)),
  limits: () => null,
  rsaKey: () => data(spot.giftCardRsaPublicKey()),
  verify: (referenceNo) => data(spot.giftCardVerifyCode(referenceNo)),
  redeem: (code, externalUid) => data(spot.giftCardRedeemCode(code, { externalUid })),
  refusal: (error) => error.response.data.code,
})

// `binance`, a client for Node by a third party.

import { MainClient } from 'binance'

import { apiKey, apiSecret, baseUrl, privateKey, tell } from './story.mjs'

const client = new MainClient({ api_key: apiKey, api_secret: privateKey ?? apiSecret, baseUrl })
const data = async (answer) => (await answer).data

await tell({
  create: (token, amount) => data(client.createGiftCard({ token, amount })),
  buy: (baseToken, faceToken, amount) =>
    data(client.createDualTokenGiftCard({ baseToken, faceToken, baseTokenAmount: amount })),
  limits: (baseToken) => data(client.getTokenLimit({ baseToken })),
  rsaKey: () => data(client.getRsaPublicKey()),
  verify: (referenceNo) => data(client.verifyGiftCard({ referenceNo })),
  redeem: (code, externalUid) => data(client.redeemGiftCard(externalUid ? { code, externalUid } : { code })),
  refusal: (error) => error.code,
})

// What every client in JavaScript is made to do with gift cards: as `story.py` has it, for those in Python.

export const baseUrl = process.env.BINANCE_BASE_URL
export const apiKey = process.env.BINANCE_API_KEY
export const apiSecret = process.env.BINANCE_API_SECRET
export const privateKey = process.env.BINANCE_PRIVATE_KEY // PEM, in place of the secret

export async function tell(cards, externalUid = 'user 42@example.com') {
  const created = await cards.create('USDT', 25.5)
  const bought = await cards.buy('USDT', 'BNB', 50)
  const told = {
    created,
    bought,
    limits: await cards.limits('USDT'),
    rsa_key: await cards.rsaKey(),
    fresh: await cards.verify(created.referenceNo),
    redeemed: await cards.redeem(created.code),
    redeemed_for: await cards.redeem(bought.code, externalUid),
    spent: await cards.verify(created.referenceNo),
    external_uid: externalUid,
    too_small: await refused(cards, () => cards.create('USDT', 0.5)),
    unknown_token: await refused(cards, () => cards.buy('USDT', 'NOPE', 50)),
  }
  process.stdout.write(JSON.stringify(told))
}

async function refused(cards, call) {
  try {
    await call()
  } catch (error) {
    return cards.refusal(error)
  }
  throw new Error('the call was not refused')
}

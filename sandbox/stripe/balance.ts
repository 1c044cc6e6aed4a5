import { newId } from './ids'
import type { Sandbox } from './sandbox'
import type { WireBalanceTransaction } from './wire'

/** What a charge or refund does to the balance: Stripe's 2.9 % and 30 cents on the way in, nothing back on the way out. A refund that fails comes back. */
export function makeBalanceTransaction(
  sandbox: Sandbox,
  source: { id: string; amount: number; currency: string; description: string | null },
  type: 'charge' | 'refund' | 'refund_failure' | 'adjustment',
): WireBalanceTransaction {
  const comesIn = type === 'charge' || type === 'refund_failure'
  const amount = comesIn ? source.amount : -source.amount
  const fee = type === 'charge' ? Math.round(amount * 0.029) + 30 : 0
  const transaction = {
    id: newId('balanceTransaction'),
    object: 'balance_transaction',
    amount,
    available_on: sandbox.now() + 2 * 24 * 60 * 60,
    balance_type: 'payments',
    created: sandbox.now(),
    currency: source.currency,
    description: source.description,
    exchange_rate: null,
    fee,
    fee_details: fee
      ? [
          {
            amount: fee,
            application: null,
            currency: source.currency,
            description: 'Stripe processing fees',
            type: 'stripe_fee',
          },
        ]
      : [],
    net: amount - fee,
    reporting_category: type,
    source: source.id,
    status: 'pending',
    type,
  } satisfies WireBalanceTransaction
  sandbox.state.balanceTransactions[transaction.id] = transaction
  return transaction
}

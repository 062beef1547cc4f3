import type { Json } from '../../../shared/kernel/json.ts';
import { calls, money, reply, type Scene, user } from './script.ts';

interface Offer {
  readonly supplier: string;
  readonly sku: string;
  /** A piece, in the currency of the project. */
  readonly price: number;
  readonly leadDays: number;
}

/** One thing that was bought: asked for, compared, ordered, followed and received. */
export interface Order {
  readonly on: string;
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  readonly ask: string;
  readonly offers: readonly [Offer, Offer];
  readonly advice: string;
  readonly choose: string;
  /** The supplier whose offer is taken. */
  readonly from: string;
  readonly orderNo: string;
  readonly path: string;
  readonly checkOn: string;
  readonly where: string;
  readonly arrivedOn: string;
  readonly arrival: string;
  readonly closing: string;
}

/** The offer that was taken. */
export function takenOffer({ offers, from, orderNo }: Order): Offer {
  const taken = offers.find(({ supplier }) => supplier === from);
  if (!taken) throw new TypeError(`${orderNo} takes no offer that was made`);
  return taken;
}

export const totalOf = (order: Order): number => order.quantity * takenOffer(order).price;

const COMPARED = ['Two offers', 'I asked both', 'Here is what they answered', 'Compared'];
const ORDERED = ['Ordered', 'Done', 'It is ordered', 'The order is out'];
const ASKED = [
  'Any news about',
  'Is there a date for',
  'Can you check where we stand with',
  'I am nervous about',
];

/** The three scenes that an order makes. `index` varies the wording. */
export const orderScenes = (order: Order, index: number): Scene[] => [
  comparison(order, index),
  tracking(order, index),
  { at: order.arrivedOn, lines: [user(order.arrival), received(order), reply(order.closing)] },
];

function comparison(order: Order, index: number): Scene {
  const { offers, quantity, what, advice, choose, orderNo, path, ask } = order;
  const taken = takenOffer(order);
  const lines = offers.map(
    ({ supplier, price, leadDays }) =>
      `${supplier}: ${money(price)} each, ${money(price * quantity)} in all, ${leadDays} days`,
  );
  const search = offers.map((offer) => ({
    name: 'search_offers',
    args: { supplier: offer.supplier, query: what, quantity },
    result: { found: 1, offers: [{ ...offer }], currency: 'EUR', inStock: offer.leadDays < 20 },
  }));
  const placed = {
    name: 'place_order',
    args: { supplier: taken.supplier, sku: taken.sku, quantity },
    result: { orderNo, status: 'accepted', total: money(totalOf(order)), currency: 'EUR', path },
  };
  return {
    at: order.on,
    lines: [
      user(ask),
      calls(...search),
      reply(`${pick(COMPARED, index)} for ${what}. ${lines.join('. ')}. ${advice}`),
      user(choose),
      calls(placed),
      reply(
        `${pick(ORDERED, index)}: ${quantity} × ${what} from ${taken.supplier}, order ${orderNo}, ` +
          `${money(totalOf(order))} EUR. The confirmation is in ${path}.`,
      ),
    ],
  };
}

function tracking({ checkOn, what, orderNo, where, arrivedOn }: Order, index: number): Scene {
  const expected = arrivedOn.slice(0, 10);
  return {
    at: checkOn,
    lines: [
      user(`${pick(ASKED, index)} the ${what}?`),
      calls({
        name: 'track_order',
        args: { orderNo },
        result: { orderNo, status: where, expected },
      }),
      reply(`${orderNo}: ${where}. Expected on ${expected}.`),
    ],
  };
}

const received = ({ orderNo, quantity, arrivedOn }: Order) =>
  calls({
    name: 'log_delivery',
    args: { orderNo, quantity },
    result: { orderNo, logged: true, at: arrivedOn } satisfies Json,
  });

const pick = (texts: readonly string[], index: number): string => texts[index % texts.length] ?? '';

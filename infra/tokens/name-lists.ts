/** Locales of every script that Node knows names in, and of many languages for the larger ones. */
const LOCALES = [
  'af am ar as az az-Cyrl be bg bho blo bn bo brx bs bs-Cyrl ca ccp ce ceb chr ckb cs csw cv cy da de',
  'doi dsb dz ee el en eo es et eu fa ff ff-Adlm fi fil fo fr fur fy ga gd gl gsw gu ha haw he hi hr',
  'hsb hu hy ia id ig ii is it ja jv ka kab kgp kk kl km kn ko kok ks ku ky lb lg lij ln lo lrc lt lv',
  'mai mg mi mk ml mn mni mr ms mt my mzn nds ne nl nn no nqo nv oc om or os pa pa-Arab pcm pl ps pt',
  'qu raj rif rm rn ro ru rw sa sah sat sc sd se si sk sl smn so sq sr sr-Latn su sv sw syr szl ta te',
  'tg th ti tk to tok tr tt tzm ug uk ur uz uz-Arab uz-Cyrl vec vi vmw wo xh xnr yi yo yrl yue',
  'yue-Hans za zgh zh zh-Hant zu',
].flatMap((line) => line.split(' '));

const REGIONS = (
  'AF AL DZ AD AO AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BG BF BI CV KH CM CA CF TD CL ' +
  'CN CO KM CG CR CI HR CU CY CZ DK DO EC EG SV GQ ER EE SZ ET FJ FI FR GA GM GE DE GH GR GT GN HT HN ' +
  'HU IS IN ID IR IQ IE IL IT JM JP JO KZ KE KP KR KW KG LA LV LB LS LR LY LI LT LU MG MW MY ML MT MR ' +
  'MX MD MC MN ME MA MZ MM NA NP NL NZ NI NE NG MK NO OM PK PA PG PY PE PH PL PT QA RO RU RW SA SN RS ' +
  'SL SG SK SI SO ZA SS ES LK SD SE CH SY TW TZ TH TG TN TR TM UG UA AE GB US UY UZ VE VN YE ZM ZW'
).split(' ');

const LANGUAGES = (
  'ab af ak am ar as av ay az ba be bg bn bo br bs ca ce cs cu cv cy da de dv dz ee el en eo es et eu ' +
  'fa ff fi fo fr fy ga gd gl gn gu gv ha he hi hr ht hu hy ia id ig ii is it ja jv ka kk kl km kn ko ' +
  'ku kw ky la lb lg ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no nv oc om or os pa pl ps pt qu ' +
  'rm rn ro ru rw sa sc sd se si sk sl sm sn so sq sr st su sv sw ta te tg th ti tk tn to tr tt ug uk ' +
  'ur uz vi wo xh yi yo za zh zu'
).split(' ');

const CURRENCIES = (
  'USD EUR GBP JPY CNY INR RUB BRL KRW MXN AUD CAD CHF SEK NOK DKK PLN CZK HUF RON TRY ILS AED SAR ' +
  'EGP ZAR NGN KES GHS PKR BDT LKR NPR THB VND IDR MYR PHP SGD HKD TWD NZD ARS CLP COP PEN UAH KZT'
).split(' ');

export interface NameList {
  readonly locale: string;
  readonly text: string;
}

/** Lists of nothing but names, and of dates: what tokenizers cut into most pieces in any language. */
export function nameLists(): NameList[] {
  return LOCALES.flatMap((locale) => {
    const [known] = Intl.DisplayNames.supportedLocalesOf(locale);
    if (known === undefined) return [];
    const names = (type: 'region' | 'language' | 'currency', codes: readonly string[]) => {
      const display = new Intl.DisplayNames(locale, { type });
      return codes.map((code) => display.of(code) ?? code);
    };
    const texts = [
      ...[', ', '\n'].flatMap((between) => [
        names('region', REGIONS).join(between),
        names('language', LANGUAGES).join(between),
      ]),
      names('currency', CURRENCIES).join('; '),
      ...datesIn(locale),
    ];
    return texts.map((text) => ({ locale, text }));
  });
}

function datesIn(locale: string): string[] {
  const full = new Intl.DateTimeFormat(locale, {
    ...{ dateStyle: 'full', timeStyle: 'long', timeZone: 'UTC' },
  });
  const relative = new Intl.RelativeTimeFormat(locale);
  const units = ['day', 'week', 'month', 'year', 'hour', 'quarter'] as const;
  const ago = Array.from({ length: 60 }, (_, index) =>
    relative.format(index - 30, units[index % units.length] ?? 'day'),
  );
  const dates = Array.from({ length: 40 }, (_, index) =>
    full.format(Date.UTC(2026, index % 12, 1 + ((index * 3) % 28), index % 24, index)),
  );
  return [ago.join('; '), dates.join('\n')];
}

import { describe, expect, it } from 'vitest';
import { describeTokenCounter } from '../../ports/token-counter.contract.ts';
import { GemmaTokenCounter } from '../gemma/gemma-token-counter.ts';
import { EstimatingTokenCounter } from './estimating-token-counter.ts';

const counter = new EstimatingTokenCounter(new GemmaTokenCounter());

describeTokenCounter('EstimatingTokenCounter', () => counter);

/** What Gemma 3's tokenizer counts in each text, without its start token. */
const MEASURED: readonly (readonly [kind: string, tokens: number, text: string])[] = [
  [
    'English',
    182,
    `The harbour authority said on Monday that dredging of the northern channel would resume in September, after a dispute over the disposal of contaminated sediment was settled out of court. Shipping companies had complained that the delay forced larger vessels to wait for high tide, sometimes for as long as eleven hours, and that perishable cargo had to be rerouted through neighbouring ports. Residents of the fishing villages along the coast were not represented at the negotiations. Whether the new schedule can be kept will depend largely on the weather; last autumn, storms halted work for twenty-three consecutive days and damaged one of the two barges beyond repair. A spokeswoman called the criticism premature and promised quarterly reports. Environmental groups remain sceptical: they point out that the monitoring programme covers only two of the five affected estuaries, and that nobody has said who pays for it. "We have heard promises before," one of them said, "and the water is still brown."`,
  ],
  [
    'German',
    179,
    `Die Verwaltung von Gesprächsverläufen ist eine der schwierigsten Aufgaben beim Betrieb langlebiger Assistenten. Wer jeden Tag mit einem Programm spricht, erwartet, dass es sich an frühere Absprachen erinnert, an Termine, an Namen und an die kleinen Vorlieben, die man nur einmal erwähnt hat. Gestern Abend habe ich mit meiner Schwester über die bevorstehende Reise nach Österreich gesprochen. Wir wollen am Donnerstag gegen halb neun losfahren, unterwegs in Regensburg frühstücken und am späten Nachmittag in Hallstatt ankommen. Die Ferienwohnung haben wir bereits im Februar gebucht, allerdings hat uns der Vermieter erst vorige Woche die Schlüsselübergabe bestätigt. Haftpflichtversicherungsbescheinigung, Geschwindigkeitsbegrenzung und Donaudampfschifffahrtsgesellschaft sind Wörter, die Übersetzer zum Schwitzen bringen.`,
  ],
  [
    'Chinese',
    187,
    `上周末我和同事一起去了杭州，坐高铁只用了一个多小时。我们先在西湖边上走了走，然后到龙井村喝茶，老板娘很热情，还教我们怎么分辨新茶和陈茶。晚上在一家不起眼的小馆子吃了东坡肉和叫花鸡，味道出乎意料地好。下周三上午十点有一个重要的会议，请大家提前把季度总结发到共享文件夹里。如果临时有事不能参加，务必在周二下班之前告诉我。另外，客户反映系统偶尔会出现登录失败的情况，技术部门正在排查原因，预计本周内可以修复。请提醒我给房东打电话，厨房的水龙头还在漏水，已经拖了半个月了。医生建议我每天早睡早起，少吃辛辣油腻的食物，多喝水，坚持锻炼身体。`,
  ],
  [
    'Japanese',
    114,
    `先週の金曜日、京都から友人が遊びに来ました。駅で待ち合わせをして、まず近くの喫茶店でゆっくり話をしました。彼女は今年の春に転職したばかりで、新しい職場の雰囲気や通勤時間のことをいろいろ教えてくれました。午後は美術館へ行き、印象派の展覧会を見て回りました。会議は来週の火曜日の午後三時からに変更になりました。資料は月曜日までに共有フォルダへアップロードしてください。サーバーのメンテナンスは深夜に実施しますので、ユーザーへの影響はほとんどないと思われます。`,
  ],
  [
    'Korean',
    120,
    `지난주 토요일에 오랜만에 대학교 친구들을 만났습니다. 우리는 학교 앞에 있는 작은 식당에서 점심을 먹고, 한강 공원까지 천천히 걸어갔습니다. 날씨가 좋아서 자전거를 타는 사람들과 돗자리를 펴고 쉬는 가족들이 많았습니다. 다음 회의는 수요일 오전 열 시에 본사 삼 층 회의실에서 열립니다. 고객 문의 중에서 환불과 관련된 내용은 담당 부서로 전달해 주시고, 처리 결과는 이메일로 다시 안내해 드리겠습니다.`,
  ],
  [
    'Russian',
    124,
    `На прошлой неделе мы наконец закончили ремонт на кухне. Рабочие приходили каждое утро ровно в восемь, и соседи уже начали жаловаться на шум, но теперь всё позади. В четверг приезжает бабушка из Новосибирска, поэтому нужно успеть купить продукты, постелить свежее бельё и встретить её на вокзале. Напомни мне, пожалуйста, позвонить в поликлинику и перенести приём у стоматолога на следующую среду. Достопримечательности города мы осмотрим в воскресенье, если погода не испортится.`,
  ],
  [
    'Arabic',
    94,
    `في الأسبوع الماضي سافرت مع عائلتي إلى مدينة الإسكندرية لقضاء عطلة قصيرة على شاطئ البحر. وصلنا في المساء وكان الجو معتدلاً، فتناولنا العشاء في مطعم صغير يقدم الأسماك الطازجة. من فضلك ذكرني بأن أتصل بالطبيب غداً صباحاً لتغيير موعد الفحص، لأن لدي اجتماعاً مهماً مع العملاء في نفس الوقت.`,
  ],
  [
    'Hindi',
    64,
    `पिछले सप्ताह हम लोग अपने गाँव गए थे, जहाँ दादी का जन्मदिन मनाया गया। सुबह से ही घर में रिश्तेदारों का आना शुरू हो गया था और रसोई से तरह-तरह के पकवानों की खुशबू आ रही थी। मुझे अगले मंगलवार को दिल्ली वापस जाना है, क्योंकि दफ़्तर में एक महत्वपूर्ण बैठक है।`,
  ],
  [
    'Thai',
    74,
    `เมื่อสัปดาห์ที่แล้วครอบครัวของเราไปเที่ยวเชียงใหม่ด้วยกันเป็นครั้งแรก อากาศตอนเช้าเย็นสบายมาก การประชุมวันพุธหน้าถูกเลื่อนไปเป็นบ่ายวันศุกร์ เพราะลูกค้าต่างประเทศยังเดินทางมาไม่ถึง กรุณาเตือนฉันให้โทรหาคุณหมอเพื่อเปลี่ยนนัดตรวจฟัน`,
  ],
  [
    'JSON',
    200,
    '{"reservation_id":"ZK4QW9","user_id":"ines_calder_4471","origin":"LIS","destination":"OSL","cabin":"economy","flights":[{"flight_number":"HAT211","date":"2026-05-20","price":129,"status":"available"},{"flight_number":"HAT087","date":"2026-05-21","price":184,"status":"delayed"}],"passengers":[{"first_name":"Ines","last_name":"Calder","dob":"1984-11-02"}],"payment_history":[{"payment_id":"credit_card_9038412","amount":313},{"payment_id":"gift_card_1170","amount":50}],"total_baggages":2,"nonfree_baggages":0,"insurance":"no"}',
  ],
  [
    'code',
    205,
    `export async function retry<T>(run: () => Promise<T>, { attempts = 3, baseMs = 100 } = {}): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error: unknown) {
      if (attempt >= attempts || !isRetryable(error)) throw error;
      const delayMs = baseMs * 2 ** (attempt - 1);
      logger.warn(\`attempt \${attempt} failed, next in \${delayMs} ms\`, { error });
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

if (process.argv.includes('--dry-run')) {
  console.log(JSON.stringify(plan.steps.map(({ id, kind }) => ({ id, kind })), null, 2));
}
`,
  ],
  [
    'a log',
    241,
    `2026-03-14T09:26:53.589Z ERROR [worker-7] request 8f14e45f-ceea-467f-a0e6-4e2b8f1c1b9d failed status=503 took 1204 ms
2026-03-14T09:26:54.102Z INFO [worker-7] retry 1/5 in 250 ms sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
2026-03-14T09:26:54.377Z WARN [worker-2] /srv/data/sessions/0042/items.db is 91.4 % full
`,
  ],
];

describe('EstimatingTokenCounter', () => {
  it.each(MEASURED)('never counts %s short', (_, tokens, text) => {
    expect(counter.count(text)).toBeGreaterThanOrEqual(tokens);
  });

  it.each(MEASURED)('does not waste more than two fifths of a budget on %s', (_, tokens, text) => {
    expect(counter.count(text)).toBeLessThanOrEqual(tokens * 1.4);
  });

  it('counts English prose at most a quarter too long', () => {
    const [, tokens, text] = MEASURED[0] ?? ['', 0, ''];
    expect(counter.count(text)).toBeLessThanOrEqual(tokens * 1.25);
  });

  it('counts every digit, as Gemma does', () => {
    expect(counter.count('3141592653589793')).toBe(16);
  });

  it('takes a run of blanks as one token up to 31', () => {
    expect(counter.count(' '.repeat(31))).toBe(1);
    expect(counter.count('\n'.repeat(62))).toBe(2);
    expect(counter.count('\t'.repeat(63))).toBe(3);
  });

  it('spells what no vocabulary holds in bytes: rare Han, rare Hangul, plane 2, half a pair', () => {
    expect(counter.count('\u9fa5')).toBe(3);
    expect(counter.count('\uac02')).toBe(3);
    expect(counter.count('\u{20000}')).toBe(4);
    expect(counter.count('\ud83d')).toBe(3);
  });

  it('never counts more tokens than bytes, however unlikely the letters', () => {
    expect(counter.count('QJX')).toBe(3);
  });

  it('counts random letters as noise, not as words', () => {
    // 2.1 letters a token, measured.
    expect(counter.count('qzxvkjwpbgtmhrdfnlycsqzkxvjwbp')).toBeGreaterThanOrEqual(14);
  });

  it('does not let one endless word pass for a few tokens', () => {
    expect(counter.count('W'.repeat(5_000))).toBeGreaterThanOrEqual(2_500);
  });
});

import { calls, reply, type Scene, user } from './script.ts';

/** A date that was made, and what came of it. */
interface Appointment {
  readonly on: string;
  readonly ask: string;
  readonly title: string;
  readonly start: string;
  readonly minutes: number;
  readonly place: string;
  /** Something else at the same time, if there is. */
  readonly clash?: string;
  readonly answer: string;
  readonly after: { readonly at: string; readonly said: string; readonly noted: string };
}

const APPOINTMENTS: readonly Appointment[] = [
  {
    on: '2026-01-14T09:00',
    ask: 'Book the surveyor for Tuesday morning, at the boathouse, two hours.',
    title: 'Survey of the boathouse',
    start: '2026-01-20T09:00',
    minutes: 120,
    place: 'Quay 7',
    answer:
      'The surveyor comes on Tuesday 2026-01-20 at 09:00. Bring the key of the loft, number 14.',
    after: {
      at: '2026-01-20T12:05',
      said: 'The surveyor says: the floor carries 750 kg per m², the north wall is damp up to 60 cm.',
      noted: 'Noted under plans/survey.md: 750 kg/m², damp north wall to 60 cm. The kiln can stay.',
    },
  },
  {
    on: '2026-01-28T16:20',
    ask: 'The bank wants to see us about the loan. Next week, any afternoon but Wednesday.',
    title: 'Bank: loan for the kiln',
    start: '2026-02-05T15:00',
    minutes: 60,
    place: 'Ellery Savings Bank, room 3',
    answer: 'Thursday 2026-02-05 at 15:00 is confirmed. They ask for the offer BW-2026-0142.',
    after: {
      at: '2026-02-05T16:30',
      said: 'We got it: 12,000 EUR at 4.1 % over 60 months, first payment on the 1st of April.',
      noted: 'Loan LN-70552: 12,000 EUR, 4.1 %, 60 payments of 221.54, the first on 2026-04-01.',
    },
  },
  {
    on: '2026-02-13T08:30',
    ask: 'Electrician on the 20th, whole day. And tell the café next door that the power is off from ten to noon.',
    title: 'Electrician: kiln supply',
    start: '2026-02-20T08:00',
    minutes: 480,
    place: 'Quay 7, meter room',
    clash: 'Call with Kilncraft, 10:00',
    answer:
      'Booked for 2026-02-20, 08:00 to 16:00. I moved the call with Kilncraft to the 23rd and told the café.',
    after: {
      at: '2026-02-20T17:10',
      said: 'Cable is in, fuse is 63 A, and the meter was changed. New meter number 1EMH0012874.',
      noted: 'Written to electrics/log.md: 63 A, 5×16 mm², meter 1EMH0012874 since 2026-02-20.',
    },
  },
  {
    on: '2026-03-10T10:00',
    ask: 'Fire inspection, first visit. They have Friday at eight or Monday at two.',
    title: 'Fire inspection, first visit',
    start: '2026-03-13T08:00',
    minutes: 90,
    place: 'Quay 7',
    clash: 'Delivery of the wheels, from 14:00',
    answer: 'Friday 2026-03-13 at 08:00: it ends long before the wheels come at 14:00.',
    after: {
      at: '2026-03-13T10:15',
      said: 'Two demands: EI60 doors, and a second exit from the glazing room. Deadline 30 April.',
      noted:
        'File number FI-2026-311. Both demands have until 2026-04-30; I put a reminder on 04-15.',
    },
  },
  {
    on: '2026-04-03T11:10',
    ask: 'First test firing on Wednesday, I want the kiln maker on the phone at six in the morning.',
    title: 'Test firing with Brennwerk on the phone',
    start: '2026-04-08T06:00',
    minutes: 45,
    place: 'kiln room',
    answer:
      'Brennwerk ruft am 2026-04-08 um 06:00 an. Program P3: 150 °C/h to 600, then full to 1060.',
    after: {
      at: '2026-04-08T21:40',
      said: 'Test firing done: 1060 °C after 9 h 20, witness cone 04 bent as it should. 71 kWh.',
      noted: 'studio/firings.csv: #1, P3, 1060 °C, 9 h 20, 71 kWh, cone 04 good.',
    },
  },
  {
    on: '2026-04-22T09:25',
    ask: 'Second fire inspection, as early as they can. The doors and the exit are ready.',
    title: 'Fire inspection, second visit',
    start: '2026-04-28T09:30',
    minutes: 60,
    place: 'Quay 7',
    answer: 'They come on 2026-04-28 at 09:30. I put the door certificates EN-1634-22871 on top.',
    after: {
      at: '2026-04-28T10:50',
      said: 'Passed! They want the certificate visible in the corridor.',
      noted: 'FI-2026-311 is closed: passed on 2026-04-28, valid until 2029-04-28.',
    },
  },
  {
    on: '2026-05-06T12:00',
    ask: 'I need a photographer for the website, a morning with good light.',
    title: 'Photos for the website',
    start: '2026-05-14T07:30',
    minutes: 180,
    place: 'Quay 7 and the pier',
    answer: '2026-05-14 at 07:30; the forecast says clear, sunrise is at 05:24. Fee 380.00.',
    after: {
      at: '2026-05-20T09:30',
      said: 'The pictures are here, 64 of them. The one with the wheel and the window is the one.',
      noted: 'Saved under web/photos/2026-05/. The cover is IMG_2041.jpg.',
    },
  },
  {
    on: '2026-06-02T15:00',
    ask: 'Please book the tax adviser before we sell the first course.',
    title: 'Tax adviser: courses and shop',
    start: '2026-06-10T11:00',
    minutes: 60,
    place: 'video call',
    answer:
      '2026-06-10 at 11:00 by video. Questions are in office/tax-questions.md, seven of them.',
    after: {
      at: '2026-06-10T12:20',
      said: 'Courses are 7 % if we file form U-19 before the first one, else 19 %.',
      noted: 'Form U-19 sent on 2026-06-10, confirmation U19-448120. Courses are planned with 7 %.',
    },
  },
  {
    on: '2026-06-22T10:45',
    ask: 'Trial course with six friends of the house, on a Saturday.',
    title: 'Trial course',
    start: '2026-07-04T10:00',
    minutes: 240,
    place: 'wheel room',
    answer: 'Saturday 2026-07-04, 10:00 to 14:00, six wheels, 12.5 kg of WT-254 each.',
    after: {
      at: '2026-07-04T15:30',
      said: 'It was loud and happy. Four hours are half an hour too long. 23 bowls, 2 cups, one ashtray.',
      noted: 'Courses become 3 h 30. I changed courses/plan.md and the price stays 68.00.',
    },
  },
  {
    on: '2026-07-20T09:40',
    ask: 'Radio Ellery wants an interview, ten minutes, live. Find a slot in the second week of August.',
    title: 'Radio Ellery, live',
    start: '2026-08-12T08:20',
    minutes: 15,
    place: 'studio on the hill',
    clash: 'Bisque firing, load 9',
    answer: '2026-08-12 at 08:20. The bisque firing starts by timer at 07:00, that needs nobody.',
    after: {
      at: '2026-08-12T09:15',
      said: 'Live on air I promised free tea. So now there is free tea.',
      noted: 'Free tea on the opening day: added to opening/checklist.md as line 31, 4 urns.',
    },
  },
];

export const appointmentScenes = (): Scene[] => APPOINTMENTS.flatMap(scenesOf);

function scenesOf(appointment: Appointment): Scene[] {
  const { on, ask, title, start, minutes, place, clash, answer, after } = appointment;
  const day = start.slice(0, 10);
  const event = { title, start, minutes, place };
  return [
    {
      at: on,
      lines: [
        user(ask),
        calls({
          name: 'calendar_list',
          args: { day },
          result: { day, events: clash === undefined ? [] : [clash] },
        }),
        calls({ name: 'calendar_add', args: event, result: { eventId: `ev-${day}`, ...event } }),
        reply(answer),
      ],
    },
    { at: after.at, lines: [user(after.said), reply(after.noted)] },
  ];
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAt, daysOf } from './calendar.ts';
import { dateFormat, readDate, type DateFormatName } from './date-formats.ts';

describe('calendar', () => {
  it('counts days as Date does, both ways (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 900_000 }), (days) => {
        const date = new Date(days * 86_400_000);
        const day = {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        };
        expect(dayAt(days)).toEqual(day);
        expect(daysOf(day)).toBe(days);
      }),
    );
  });

  it('knows no 30 February, no month 13 and leap days only in leap years', () => {
    expect(daysOf({ year: 2023, month: 2, day: 29 })).toBeUndefined();
    expect(daysOf({ year: 1900, month: 2, day: 29 })).toBeUndefined();
    expect(daysOf({ year: 2000, month: 2, day: 29 })).toBe(11_016);
    expect(daysOf({ year: 2023, month: 13, day: 1 })).toBeUndefined();
  });
});

describe('readDate', () => {
  it.each<[DateFormatName, string, string | undefined]>([
    ['ymd', '2031-03-01', '2031-03-01T00:00:00.000Z'],
    ['ymd', '2031/3/1 9:05', '2031-03-01T09:05:00.000Z'],
    ['ymd', '2031-03-01T00:10:17.5Z', '2031-03-01T00:10:17.500Z'],
    ['ymd', '2031-03-01 00:10:17+02:00', '2031-02-28T22:10:17.000Z'],
    ['ym', '2031-12', '2031-12-01T00:00:00.000Z'],
    ['dmy', '31.12.2031', '2031-12-31T00:00:00.000Z'],
    ['dmy', '31/12/69 11:59 pm', '1969-12-31T23:59:00.000Z'],
    ['mdy', '12/30/31', '2031-12-30T00:00:00.000Z'],
    ['day-month-name', '5 Jan 2031', '2031-01-05T00:00:00.000Z'],
    ['day-month-name', '05-September-31', '2031-09-05T00:00:00.000Z'],
    ['month-name-day', 'Jan 5, 2031 12:00 AM', '2031-01-05T00:00:00.000Z'],
    ['time', '23:45', '1970-01-01T23:45:00.000Z'],
    ['ymd', '2031-02-30', undefined],
    ['mdy', '31/12/2031', undefined],
    ['dmy', '1/2-2031', undefined],
    ['ymd', '2031-03-01 25:00', undefined],
    ['time', '13:00 pm', undefined],
    ['time', '', undefined],
  ])('%s: %j', (name, text, iso) => {
    const time = readDate(text, dateFormat(name));
    expect(time === undefined ? undefined : new Date(time).toISOString()).toBe(iso);
  });
});

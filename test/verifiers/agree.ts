// All three verifiers over one bundle; a test fails when they differ.
import {expect} from 'vitest';
import type {Facts, Given, Subject, Three} from './three.ts';

/** What all of them say. */
export async function allSay(three: Three, subject: Subject, given: Given = {}): Promise<Facts> {
  const {ours, page, python} = await three.say(subject, given);
  expect({page, python}).toEqual({page: ours, python: ours});
  return ours;
}

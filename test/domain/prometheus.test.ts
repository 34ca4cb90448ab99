import {expect, test} from 'vitest';
import {prometheusAnswer, prometheusPlace, sampleNumber, seriesName} from '../../src/domain/prometheus.ts';

test('a series is written as Prometheus writes it', () => {
  expect(seriesName({__name__: 'up', job: 'a "b"', instance: 'c'})).toBe('up{job="a \\"b\\"", instance="c"}');
  expect(seriesName({__name__: 'up'})).toBe('up');
  expect(seriesName({job: 'a'})).toBe('{job="a"}');
  expect(seriesName({})).toBe('{}');
});

test('the text of a sample is a number, one without end, or none', () => {
  expect(['1', '-0.5', '1e9', '+Inf', 'Inf', '-Inf'].map(sampleNumber)).toEqual([
    1,
    -0.5,
    1e9,
    Infinity,
    Infinity,
    -Infinity,
  ]);
  for (const text of ['NaN', '', 'many']) expect(sampleNumber(text)).toBeNaN();
});

test('a call is made below the path of the address, and a password becomes a header', () => {
  expect(prometheusPlace('http://h:9090', 'query')).toEqual({url: 'http://h:9090/api/v1/query', headers: {}});
  const place = prometheusPlace('https://reader:p%40ss@h/prom//', 'query_range');
  expect(place?.url).toBe('https://h/prom/api/v1/query_range');
  expect(place?.headers).toEqual({authorization: `Basic ${Buffer.from('reader:p@ss').toString('base64')}`});
  for (const wrong of ['h:9090', 'ftp://h', '']) expect(prometheusPlace(wrong, 'query')).toBeUndefined();
});

test('histograms, which have no value, are no answer that is misread as numbers', () => {
  const histogram = {metric: {}, histogram: [1, {count: '1'}]};
  const body = {status: 'success', data: {resultType: 'vector', result: [histogram]}};
  expect(prometheusAnswer.parse(body)).toMatchObject({data: {result: [{metric: {}}]}});
});

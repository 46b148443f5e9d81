/** CPU quotas, from files as the kernel writes them. */
import { describe, expect, it } from 'vitest';
import { cpuQuota, processorsWithin } from './cpu-quota.ts';

const V2_MOUNT = '31 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const V1_MOUNTS = [
  '33 25 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
  '34 25 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
].join('\n');

const quotaOf = (files: Record<string, string>): number | undefined =>
  cpuQuota((path) => files[path]);

describe('the quota of version 2', () => {
  it('is the smallest on the way from the group to the root', () => {
    const files = {
      '/proc/self/cgroup': '0::/pod/box\n',
      '/proc/self/mountinfo': V2_MOUNT,
      '/sys/fs/cgroup/pod/cpu.max': '150000 100000\n',
    };
    expect(quotaOf({ ...files, '/sys/fs/cgroup/pod/box/cpu.max': 'max 100000\n' })).toBe(1.5);
    expect(quotaOf({ ...files, '/sys/fs/cgroup/pod/box/cpu.max': '50000 100000\n' })).toBe(0.5);
    expect(quotaOf({ ...files, '/sys/fs/cgroup/pod/box/cpu.max': '900000 100000\n' })).toBe(1.5);
  });

  it('is found at the mount point if the group of the container is the root of its mount', () => {
    const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '200000 50000\n' };
    expect(quotaOf({ ...files, '/proc/self/mountinfo': V2_MOUNT })).toBe(4);
    const below = V2_MOUNT.replace(' / /sys', ' /docker/abc /sys');
    expect(
      quotaOf({ ...files, '/proc/self/cgroup': '0::/docker/abc', '/proc/self/mountinfo': below }),
    ).toBe(4);
  });

  it('is found in a hybrid hierarchy, where version 1 has no controller of processors', () => {
    const files = {
      '/proc/self/cgroup': '4:memory:/other\n0::/a:b\n',
      '/proc/self/mountinfo': `${V1_MOUNTS.split('\n')[0]}\n${V2_MOUNT}`,
      '/sys/fs/cgroup/a:b/cpu.max': '250000 100000',
    };
    expect(quotaOf(files)).toBe(2.5);
  });
});

describe('the quota of version 1', () => {
  const files = {
    '/proc/self/cgroup': '5:cpu,cpuacct:/docker/abc\n4:memory:/other\n',
    '/proc/self/mountinfo': V1_MOUNTS,
  };
  const folder = '/sys/fs/cgroup/cpu,cpuacct';

  it('is quota divided by period, and -1 is none', () => {
    const quota = (text: string): number | undefined =>
      quotaOf({
        ...files,
        [`${folder}/docker/abc/cpu.cfs_quota_us`]: text,
        [`${folder}/docker/abc/cpu.cfs_period_us`]: '100000\n',
      });
    expect(quota('300000\n')).toBe(3);
    expect(quota('-1\n')).toBeUndefined();
  });

  it('is found at the mount point if the path is that of the host', () => {
    const seen = {
      [`${folder}/cpu.cfs_quota_us`]: '5000',
      [`${folder}/cpu.cfs_period_us`]: '10000',
    };
    expect(quotaOf({ ...files, ...seen })).toBe(0.5);
  });
});

it('is undefined where there are no groups', () => {
  expect(quotaOf({})).toBeUndefined();
  expect(quotaOf({ '/proc/self/cgroup': '', '/proc/self/mountinfo': 'broken' })).toBeUndefined();
});

it('allows at least one thread, and one more for a fraction', () => {
  expect(processorsWithin(undefined, 8)).toBe(8);
  expect(processorsWithin(16, 8)).toBe(8);
  expect(processorsWithin(2, 8)).toBe(2);
  expect(processorsWithin(1.5, 8)).toBe(2);
  expect(processorsWithin(0.2, 8)).toBe(1);
});

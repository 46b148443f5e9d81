/**
 * The CPU quota of this process on Linux: a container may see every processor of its machine and yet be allowed the time of one
 * and a half. Threads beyond the quota only use it up sooner, and then all of them stand still until the next period. Node's
 * `availableParallelism` looks at the affinity mask; Node 20 does not look at the quota.
 *
 * Groups are nested and every one may have a quota, so the smallest on the way to the root counts.
 * Sources: Linux, Documentation/admin-guide/cgroup-v2.rst ("cpu.max"), Documentation/scheduler/sched-bwc.rst
 * ("cpu.cfs_quota_us"), man 5 proc ("/proc/pid/mountinfo") and man 7 cgroups.
 */

/** Reads a small file; undefined if it does not exist or cannot be read. */
export type ReadText = (path: string) => string | undefined;

/** A mounted hierarchy of groups that may limit processor time. */
interface Hierarchy {
  readonly version: 1 | 2;
  /** Which group of the hierarchy is at the mount point. */
  readonly root: string;
  readonly mountPoint: string;
}

/**
 * How many processors' time this process may use, such as 1.5.
 *
 * @param read - reads the files of /proc and of the mounted groups
 * @returns undefined if there is no quota
 */
export function cpuQuota(read: ReadText): number | undefined {
  const groups = read('/proc/self/cgroup')?.split('\n') ?? [];
  let least = Infinity;
  for (const hierarchy of hierarchiesOf(read('/proc/self/mountinfo') ?? '')) {
    for (const folder of foldersOf(hierarchy, groupOf(groups, hierarchy.version))) {
      least = Math.min(least, quotaIn(folder, hierarchy.version, read));
    }
  }
  return least === Infinity ? undefined : least;
}

/** How many threads a quota is enough for: at least one, and one more for a fraction. */
export function processorsWithin(quota: number | undefined, processors: number): number {
  if (quota === undefined || quota >= processors) return processors;
  const whole = Math.floor(quota);
  return Math.max(whole < quota ? whole + 1 : whole, 1);
}

/** The hierarchies of version 2, and those of version 1 with the controller `cpu`. */
function hierarchiesOf(mountInfo: string): readonly Hierarchy[] {
  return mountInfo.split('\n').flatMap((line): Hierarchy[] => {
    const [mount = '', file = ''] = line.split(' - ');
    const [, , , root = '', mountPoint = ''] = mount.split(' ');
    const [type, , options = ''] = file.split(' ');
    if (type === 'cgroup2') return [{ version: 2, root, mountPoint }];
    const limits = type === 'cgroup' && options.split(',').includes('cpu');
    return limits ? [{ version: 1, root, mountPoint }] : [];
  });
}

/** The group of this process, from the lines `number:controllers:path` of /proc/self/cgroup; version 2 names no controllers. */
function groupOf(lines: readonly string[], version: 1 | 2): string {
  for (const line of lines) {
    const [, controllers = '', ...path] = line.split(':');
    const found = version === 2 ? controllers === '' : controllers.split(',').includes('cpu');
    // A path may contain colons.
    if (found && path.length > 0) return path.join(':');
  }
  return '/';
}

/** The folders of a group and of those around it, up to the mount point, as far as they can be seen from here. */
function foldersOf({ root, mountPoint }: Hierarchy, group: string): readonly string[] {
  const above = root === '/' ? '' : root;
  const inside = group === above || group.startsWith(`${above}/`) ? group.slice(above.length) : '';
  const names = inside.split('/').filter((name) => name !== '' && name !== '..');
  return [mountPoint, ...names.map((_, i) => [mountPoint, ...names.slice(0, i + 1)].join('/'))];
}

/** The quota of one group; Infinity if it has none. */
function quotaIn(folder: string, version: 1 | 2, read: ReadText): number {
  const [quota, period] =
    version === 2
      ? (read(`${folder}/cpu.max`)?.trim().split(' ') ?? [])
      : [read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`)];
  const share = Number(quota) / Number(period);
  // 'max' is no number, and -1 is how version 1 writes that there is no quota.
  return share > 0 ? share : Infinity;
}

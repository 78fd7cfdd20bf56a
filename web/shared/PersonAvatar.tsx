import { Avatar, type AvatarProps } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { ShownPresence } from './presence/badge.ts';

interface Props {
  readonly name: string;
  readonly presence?: ShownPresence | undefined;
  /** Drawn into the icon, as both products do. */
  readonly outOfOffice?: boolean;
  readonly size?: AvatarProps['size'];
  /** The SfB client of its time drew square pictures, Teams round ones. */
  readonly shape?: 'circular' | 'square';
}

export function PersonAvatar({
  name,
  presence,
  outOfOffice = false,
  size = 32,
  shape = 'circular',
}: Props): ReactNode {
  return (
    <Avatar
      name={name}
      size={size}
      shape={shape}
      color="colorful"
      idForColor={name}
      {...(presence && { badge: { status: presence.badge, outOfOffice, 'aria-label': presence.words } })}
    />
  );
}

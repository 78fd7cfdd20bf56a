import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { PersonAvatar } from './PersonAvatar.tsx';

export interface ToastView {
  readonly key: string;
  readonly from: string;
  readonly title: string;
  readonly text: string;
  readonly accept: string;
  readonly decline?: string;
}

interface Props {
  readonly toasts: readonly ToastView[];
  readonly shape?: 'circular' | 'square';
  readonly onAccept: (key: string) => void;
  /** The person chose not to take it up. */
  readonly onDecline: (key: string) => void;
  /** Ms after which a toast goes by itself; without it each waits for its network to take it back. */
  readonly lifetimeMs?: number;
  readonly onExpire?: (key: string) => void;
}

const useStyles = makeStyles({
  region: {
    position: 'absolute',
    right: tokens.spacingHorizontalM,
    // Above the box to write in, which has to stay in reach.
    bottom: '72px',
    zIndex: 10,
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    width: 'min(320px, calc(100% - 24px))',
    pointerEvents: 'none',
  },
  toast: {
    pointerEvents: 'auto',
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderLeft: `4px solid ${tokens.colorBrandBackground}`,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow28,
  },
  top: { display: 'flex', gap: tokens.spacingHorizontalS, alignItems: 'center' },
  words: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  text: {
    overflow: 'hidden',
    display: '-webkit-box',
    WebkitLineClamp: '2',
    WebkitBoxOrient: 'vertical',
    overflowWrap: 'anywhere',
  },
  actions: { display: 'flex', gap: tokens.spacingHorizontalS, justifyContent: 'flex-end' },
});

/** Notifications of one client, inside that client's own frame. Announced at once; Escape declines, Enter accepts. */
export function Toasts(props: Props): ReactNode {
  const styles = useStyles();
  return (
    <section className={styles.region} aria-label="Notifications" aria-live="assertive">
      {props.toasts.map((toast) => (
        <Toast key={toast.key} toast={toast} {...props} />
      ))}
    </section>
  );
}

function Toast({
  toast,
  shape = 'circular',
  onAccept,
  onDecline,
  lifetimeMs,
  onExpire,
}: Props & { readonly toast: ToastView }): ReactNode {
  const styles = useStyles();
  const { key } = toast;
  useEffect(() => {
    if (lifetimeMs === undefined) return;
    const timer = setTimeout(() => onExpire?.(key), lifetimeMs);
    return () => clearTimeout(timer);
  }, [key, lifetimeMs, onExpire]);
  const box = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    // Somebody who is typing keeps the focus; otherwise Enter and Escape answer at once.
    if (document.activeElement === document.body) box.current?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const onItself = event.target === event.currentTarget;
    if (event.key === 'Escape') onDecline(key);
    else if (event.key === 'Enter' && onItself) onAccept(key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={box}
      tabIndex={-1}
      className={styles.toast}
      role="alertdialog"
      aria-label={`${toast.from}: ${toast.title}`}
      onKeyDown={onKeyDown}
    >
      <div className={styles.top}>
        <PersonAvatar name={toast.from} shape={shape} />
        <div className={styles.words}>
          <Text weight="semibold" truncate wrap={false}>
            <bdi>{toast.from}</bdi>
          </Text>
          <Text size={200}>{toast.title}</Text>
        </div>
        <Button
          appearance="subtle"
          size="small"
          icon={<DismissRegular />}
          aria-label="Close the notification"
          onClick={() => onDecline(key)}
        />
      </div>
      <Text className={styles.text} dir="auto">
        {toast.text}
      </Text>
      <div className={styles.actions}>
        {toast.decline && (
          <Button size="small" onClick={() => onDecline(key)}>
            {toast.decline}
          </Button>
        )}
        <Button size="small" appearance="primary" onClick={() => onAccept(key)}>
          {toast.accept}
        </Button>
      </div>
    </div>
  );
}

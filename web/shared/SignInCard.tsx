import {
  Button,
  Card,
  Field,
  Input,
  makeStyles,
  Select,
  Spinner,
  Text,
  Title3,
  tokens,
} from '@fluentui/react-components';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { SandboxPerson } from './sandbox.ts';
import { TroubleBar } from './TroubleBar.tsx';
import type { Trouble } from './trouble.ts';

const useStyles = makeStyles({
  middle: {
    height: '100%',
    overflow: 'auto',
    display: 'flex',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  card: {
    width: 'min(360px, calc(100% - 32px))',
    boxSizing: 'border-box',
    padding: `clamp(${tokens.spacingHorizontalL}, 8%, ${tokens.spacingHorizontalXXL})`,
    flexShrink: 0,
    margin: 'auto',
    borderTop: `4px solid ${tokens.colorBrandBackground}`,
  },
  title: { margin: 0, color: tokens.colorBrandForeground1 },
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  select: { minWidth: 0, '& > select': { width: '100%', boxSizing: 'border-box', textOverflow: 'ellipsis' } },
  input: { minWidth: 0, '& > input': { minWidth: 0, width: '100%' } },
  note: { color: tokens.colorNeutralForeground2 },
});

export interface SignInChoice {
  readonly address: string;
  readonly password: string;
}

export interface SignInCardProps {
  readonly product: string;
  readonly note: string;
  readonly people: readonly SandboxPerson[];
  readonly preselected: string | undefined;
  /** Without a password the sign-in page of the organisation asks for it. */
  readonly asksPassword: boolean;
  readonly busy: boolean;
  readonly trouble: Trouble | undefined;
  readonly onSignIn: (choice: SignInChoice) => void;
}

/** Chooses a sandbox person, or takes any address where there are none. */
export function SignInCard(props: SignInCardProps): ReactNode {
  const styles = useStyles();
  const { people, preselected, busy } = props;
  const [address, setAddress] = useState(preselected ?? people[0]?.address ?? '');
  const [password, setPassword] = useState(people.length > 0 ? 'demo' : '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy && address !== '') props.onSignIn({ address: address.trim().toLowerCase(), password });
  };
  return (
    <div className={styles.middle}>
      <Card className={styles.card}>
        <Title3 as="h2" className={styles.title}>
          {props.product}
        </Title3>
        <Text className={styles.note}>{props.note}</Text>
        <form className={styles.form} onSubmit={submit}>
          <Field label="Sign in as">
            {people.length > 0 ? (
              <Select
                className={styles.select}
                value={address}
                onChange={(_, data) => setAddress(data.value)}
              >
                {people.map((person) => (
                  <option key={person.address} value={person.address}>
                    {person.displayName} ({person.address})
                  </option>
                ))}
              </Select>
            ) : (
              <Input
                className={styles.input}
                value={address}
                type="email"
                autoComplete="username"
                onChange={(_, data) => setAddress(data.value)}
              />
            )}
          </Field>
          {props.asksPassword && (
            <Field label="Password">
              <Input
                className={styles.input}
                type="password"
                autoComplete="current-password"
                value={password}
                onChange={(_, data) => setPassword(data.value)}
              />
            </Field>
          )}
          {props.trouble && <TroubleBar trouble={props.trouble} />}
          <Button
            type="submit"
            appearance="primary"
            disabled={busy}
            {...(busy && { icon: <Spinner size="tiny" /> })}
          >
            {busy ? 'Signing in' : 'Sign in'}
          </Button>
        </form>
      </Card>
    </div>
  );
}

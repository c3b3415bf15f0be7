import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { usePart } from './store.ts';

type Qos = 0 | 1 | 2;

type ButtonProps = {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  /** Why it does nothing now; undefined where it does. */
  readonly why?: string | false | undefined;
  readonly look?: string;
};

/** A button that stays in reach of the keyboard when it is disabled, so that everyone can read why. */
export function Button({ children, onClick, why, look = '' }: ButtonProps) {
  const isDisabled = typeof why === 'string';
  return (
    <button
      type="button"
      class={look}
      aria-disabled={isDisabled}
      title={isDisabled ? why : undefined}
      onClick={isDisabled ? undefined : onClick}
    >
      {children}
      {isDisabled ? <span class="hidden">, disabled: {why}</span> : null}
    </button>
  );
}

/** A button whose click is sent to the live view. */
export function Control({ why, ...props }: ButtonProps) {
  const isAway = usePart(({ link }) => link === 'lost' || link === 'closed');
  return <Button {...props} why={isAway ? 'the page lost its connection to the live view' : why} />;
}

/** Why the button below is disabled, where what was typed is the reason: a phone shows no title. */
export function Mistake({ why }: { readonly why: string | undefined }) {
  return why === undefined ? null : <p class="mistake">{why}</p>;
}

type SelectProps<T extends string | number> = {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
};

export function Select<T extends string | number>({ label, value, options, onChange }: SelectProps<T>) {
  const onInput = (text: string) => {
    const option = options.find(([one]) => String(one) === text);
    if (option !== undefined) onChange(option[0]);
  };
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onInput(event.currentTarget.value)}>
        {options.map(([one, text]) => (
          <option key={one} value={one} selected={one === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

type TextProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly suggestions?: readonly string[];
};

export function Text({ label, value, onChange, suggestions }: TextProps) {
  const list = useId();
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        list={suggestions && list}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {suggestions === undefined ? null : (
        <datalist id={list}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  );
}

type NumberProps = {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
};

export function NumberField({ label, value, least, most, onChange }: NumberProps) {
  const onInput = (input: HTMLInputElement) => {
    const number = input.value === '' ? value : Math.round(Number(input.value));
    const possible = Number.isFinite(number) ? Math.min(most, Math.max(least, number)) : value;
    // the same value as before is not drawn again
    input.value = String(possible);
    onChange(possible);
  };
  return (
    <label class="field short">
      <span>{label}</span>
      <input type="number" value={value} min={least} max={most} onChange={(event) => onInput(event.currentTarget)} />
    </label>
  );
}

type TickProps = { readonly label: string; readonly value: boolean; readonly onChange: (value: boolean) => void };

export function Tick({ label, value, onChange }: TickProps) {
  return (
    <label class="tick">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

type ChoiceProps<T> = {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
};

/** A few options side by side. */
export function Choice<T extends string | number>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <span class="options">
        {options.map(([one, text]) => (
          <label key={one}>
            <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
            <span>{text}</span>
          </label>
        ))}
      </span>
    </fieldset>
  );
}

const QOS = [0, 1, 2].map((qos) => [qos, String(qos)] as const) as readonly (readonly [Qos, string])[];

export function QosField({ value, onChange }: { readonly value: Qos; readonly onChange: (qos: Qos) => void }) {
  return <Choice label="QoS" value={value} options={QOS} onChange={onChange} />;
}

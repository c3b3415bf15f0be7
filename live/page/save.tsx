import { useRef, useState } from 'preact/hooks';
import { Button, Control } from './fields.tsx';
import { store, usePart } from './store.ts';

/** Saves answers and transcript under the student's name. */
export function Save() {
  const dialog = useRef<HTMLDialogElement>(null);
  const saved = usePart((state) => state.saved);
  const troubles = usePart((state) => state.troubles);
  const isAsked = usePart((state) => state.asked.includes('save'));
  const [student, setStudent] = useState('');
  // what the dialog covers is shown in it
  const [seen, setSeen] = useState(0);
  const seenTroubles = () => setSeen(troubles.at(-1)?.key ?? 0);
  const why = student.trim() === '' ? 'enter your name first' : isAsked && 'it is being saved';
  const save = () => {
    if (why !== false) return;
    seenTroubles();
    store.ask({ do: 'save', student: student.trim() });
  };
  return (
    <>
      <Button
        onClick={() => {
          seenTroubles();
          dialog.current?.showModal();
        }}
      >
        Save …
      </Button>
      <dialog ref={dialog} aria-labelledby="save-title">
        <h2 id="save-title">Save answers and packets</h2>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <label class="field">
            <span>Your name</span>
            <input
              type="text"
              value={student}
              maxLength={200}
              autocomplete="name"
              onInput={(event) => setStudent(event.currentTarget.value)}
            />
          </label>
        </form>
        <div role="status">
          {troubles
            .filter(({ key }) => key > seen)
            .map(({ key, text }) => (
              <p key={key} class="trouble">
                {text}
              </p>
            ))}
          {saved === undefined ? null : (
            <dl class="paths">
              <dt>To read</dt>
              <dd>
                <code>{saved.html}</code>
              </dd>
              <dt>For check-answers</dt>
              <dd>
                <code>{saved.json}</code>
              </dd>
            </dl>
          )}
        </div>
        <div class="buttons">
          <Button onClick={() => dialog.current?.close()}>Close</Button>
          <Control look="main" why={why} onClick={save}>
            Save
          </Control>
        </div>
      </dialog>
    </>
  );
}

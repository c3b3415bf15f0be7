import { createHash } from 'node:crypto';
import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import { COLOURS } from '../../base/html/colours.ts';
import { Table } from '../../base/html/table.tsx';
import { printable } from '../../base/paint.ts';
import { textFile } from '../../base/text-file.ts';
import { WRITTEN } from '../checkpoint/keep-alive.ts';
import type { LiveEvent, Saved } from '../protocol.ts';
import { ComparedQos } from './compared.tsx';
import { embeddedScript } from './embedded.ts';
import { eventLine } from './event-text.ts';
import { type ConnectionFigures, connectionFigures, medianLatency } from './figures.ts';
import { notesOf, type StepAnswer, stepAnswers } from './step-answers.ts';

const STYLE = COLOURS + textFile('style.css', import.meta.url);
/** Loads nothing and runs nothing. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; img-src data:`;

/** A saved live view as one HTML document that needs neither network nor script, with the JSON in it. */
export function answersHtml(saved: Saved): string {
  const [before, after] = printable(render(<Page saved={saved} />)).split('</body>');
  return `<!doctype html>\n${before}${embeddedScript(saved)}</body>${after}\n`;
}

function Page({ saved }: { readonly saved: Saved }) {
  const { student, setup, begun, events } = saved;
  const origin = events[0]?.at ?? 0;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>{`${student}: live view of ${setup.lab}`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <main>
          <h1>{student}</h1>
          <p class="faint">
            Lab {setup.lab}, {timeText(begun)} to {timeText(saved.saved)}
            {setup.brokerVersion === undefined ? '' : `, Mosquitto ${setup.brokerVersion}`}
          </p>
          <h2>Checkpoint</h2>
          {stepAnswers(saved).map((answer) => (
            <StepSection answer={answer} origin={origin} />
          ))}
          <h2>Figures</h2>
          <Figures events={events} />
          <h2>Transcript</h2>
          <EventTable events={events} origin={origin} caption="Times in seconds since the first event" />
        </main>
      </body>
    </html>
  );
}

function StepSection({ answer, origin }: { readonly answer: StepAnswer; readonly origin: number }) {
  const { step, prediction, proof, words } = answer;
  const notes = notesOf({ ...answer, id: step.id });
  return (
    <section>
      <h3>
        {proof.length > 0 ? '✓' : '✗'} {step.id} {step.title}
      </h3>
      {notes.length === 0 ? null : (
        <p>
          <strong>{notes.join(', ')}</strong>
        </p>
      )}
      <dl>
        {step.prediction === undefined ? null : <Fact name="question">{step.prediction.question}</Fact>}
        {prediction === undefined ? null : (
          <Fact name="predicted">
            {prediction.text}
            {prediction.isLate ? ' (after the packets were seen)' : ''}
          </Fact>
        )}
        {words.length === 0 ? null : <Fact name="what came">{words.join('\n')}</Fact>}
        {step.ask === undefined ? null : <Fact name="asked">{step.ask}</Fact>}
        {answer.answer === undefined ? null : <Fact name="answer">{answer.answer}</Fact>}
      </dl>
      {step.id === '2.2c' ? <ComparedQos proof={proof} /> : null}
      {proof.length === 0 ? (
        <p class="faint">No packets prove this step.</p>
      ) : (
        <EventTable
          events={proof}
          origin={origin}
          caption={step.id === WRITTEN ? 'Pings, and the answer' : 'Packets that prove it'}
        />
      )}
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Figures({ events }: { readonly events: readonly LiveEvent[] }) {
  const latency = medianLatency(events);
  const connections = connectionFigures(events);
  return (
    <>
      <p>
        {latency === undefined
          ? 'No message reached the subscriber.'
          : `Median latency: ${latency.ms.toFixed(2)} ms over ${latency.count} messages.`}
      </p>
      {connections.length === 0 ? null : (
        <Table
          caption="Connections, for a comparison of keep alives"
          columns={[
            'side',
            'user',
            'keep alive',
            'seconds',
            'packets',
            'PINGREQ',
            'MQTT bytes',
            'IP bytes',
            'IP bytes a minute',
          ]}
          rows={connections.map(figureCells)}
        />
      )}
    </>
  );
}

function figureCells({ side, user, keepAlive, seconds, packets, pings, mqttBytes, ipBytes }: ConnectionFigures) {
  const perMinute = ipBytes === undefined || seconds < 1 ? '' : Math.round((ipBytes / seconds) * 60);
  return [side, user, `${keepAlive} s`, seconds.toFixed(1), packets, pings, mqttBytes, ipBytes ?? '', perMinute];
}

type EventTableProps = { readonly events: readonly LiveEvent[]; readonly origin: number; readonly caption: string };

function EventTable({ events, origin, caption }: EventTableProps) {
  const rows = events.flatMap((event) => {
    const line = eventLine(event);
    if (line === undefined) return [];
    const { who, what, packet } = line;
    const bytes = packet === undefined ? '' : <code title={`${packet.bytes} bytes`}>{packet.hex}</code>;
    return [[`#${event.seq}`, ((event.at - origin) / 1000).toFixed(3), who, what, packet?.bytes ?? '', bytes]];
  });
  return <Table caption={caption} columns={['', 'time', 'who', 'what', 'size', 'bytes']} rows={rows} />;
}

/** `2026-11-30 13:39:35 UTC`; other text as it is. */
function timeText(iso: string): string {
  return iso.replace(/^(\S+)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2 UTC');
}

import type { ComponentChildren } from 'preact';
import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import { batteryPlot, delayPlot, plotText, svgOf } from '../../keep-alive-value/drawing.js';
import {
  costOf,
  DEFAULTS,
  type Inputs as InputValues,
  lateness,
  type Measurements,
  SHORTEST_S,
} from '../../keep-alive-value/model.js';
import { COLUMNS, PROFILE_COLUMNS, profileRows, recommendationText, sweepRows } from '../../keep-alive-value/text.js';
import { allowedText } from '../analysis/keep-alive-allowed.ts';
import { type ModelInput, modelInput } from '../analysis/keep-alive-measured.ts';
import { counted, listed } from '../format.ts';
import { CheckLink } from '../parts/check-link.tsx';
import { Figure } from '../parts/figure.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

const COMMAND = `${CALLED_AS} report --only keepalive`;

/** The keep alive for a lock's health topic, computed from the run's measurements and from assumptions that the reader can change. */
export function KeepAliveValue({ results }: SectionProps) {
  const input = modelInput(results);
  if (input === undefined) return <NotMeasured results={results} about="traffic" command={COMMAND} />;
  const { measured } = input;
  const isLater = costOf(measured, DEFAULTS, SHORTEST_S).latestS !== undefined;
  const inBrackets = isLater ? '; in brackets by the broker’s version, not measured' : '';
  return (
    <>
      <p class="conclusion" id="keep-alive-recommended">
        {recommendationText(measured, DEFAULTS)}
      </p>
      <Inputs measured={measured} />
      <Sources input={input} />
      <div id="keep-alive-sweep">
        <Table
          caption={`A sweep of keep alives; ◆ is the recommended one${inBrackets}`}
          columns={COLUMNS.map(toTheRight)}
          rows={sweepRows(measured, DEFAULTS).map(({ cells }) => cells)}
        />
      </div>
      <Figure
        id="figure-keep-alive-delay"
        caption="How late the broker detects a loss at worst, against the load of the pings on the network. Each point is a keep alive, ◆ the recommended one."
        command={COMMAND}
        {...drawn(delayPlot(measured, DEFAULTS))}
      />
      <Figure
        id="figure-keep-alive-battery"
        caption="How long the battery lasts by keep alive, under the assumptions above; ◆ is the recommended one."
        command={COMMAND}
        {...drawn(batteryPlot(measured, DEFAULTS))}
      />
      <h3>How the answer shifts with the priorities</h3>
      <div id="keep-alive-profiles">
        <Table
          caption={`The longest keep alive that detects a loss in time, for three priorities of the same lock${inBrackets}`}
          columns={PROFILE_COLUMNS.map((title, index, { length }) =>
            index === 0 || index === length - 1 ? title : toTheRight(title),
          )}
          rows={profileRows(measured, DEFAULTS)}
        />
      </div>
    </>
  );
}

function toTheRight(title: string) {
  return { title, align: 'right' } as const;
}

function drawn(plotted: ReturnType<typeof delayPlot>) {
  return { drawing: svgOf(plotted), alternative: plotText(plotted) };
}

/** Where the numbers come from. */
function Sources({ input: { measured, ping, expiryIds, limit } }: { readonly input: ModelInput }) {
  const late = lateness(measured);
  const values = [...new Set(measured.expiries.map(({ keepAlive }) => keepAlive))].sort((one, other) => one - other);
  const seen =
    values.length === 0
      ? 'this run measured no expiry, so a loss counts as detected after 1.5 times the keep alive, as the standard says.'
      : `the broker detected the loss of silent clients with keep alives of ${listed(values.map(String))} s ${late.least.toFixed(1)} to ${late.most.toFixed(1)} s after 1.5 times that [MQTT-3.1.2-24]. The delay depends on when in its round the broker looks (every 6 s before Mosquitto 2.0.21). So the worst case of every keep alive uses the longest delay, and the average their mean.`;
  return (
    <>
      <h3>What it is computed from</h3>
      <ul>
        <li>
          Measured: a ping with its answer took {measured.pingBytes} bytes of {measured.bytesOf} (
          <CheckLink id={ping} words="check" />
          ). A day has 86,400 s ÷ keep alive of them.
        </li>
        <li>
          {values.length === 0 ? 'Not measured' : 'Measured'}: {seen}{' '}
          {expiryIds.length === 0 ? null : <Links ids={expiryIds} />}
        </li>
        {measured.rounds === undefined || measured.rounds.lateS <= late.most ? null : (
          <li>
            Known of the broker’s version, not measured: it looks every {measured.rounds.everyS} s and counts in whole
            seconds, so it can take 1.5 × keep alive + {measured.rounds.lateS} s, which is{' '}
            {(measured.rounds.lateS - late.most).toFixed(1)} s more than measured. The recommendation leaves that out.
          </li>
        )}
        <li>
          Computed: the lock’s last will on its health topic reports the loss. A lock that fails right after a packet is
          detected after 1.5 × keep alive + delay, a lock that fails at any moment after keep alive + delay on average.
          A ping costs the lock one wake-up; in between the keep alive costs nothing.
        </li>
        <li>
          Assumed, not measured, and changeable above: a wake-up takes {DEFAULTS.wakeUpMj} mJ (a Wi-Fi module at 100 mA
          and 3.3 V for 0.1 s), the lock {DEFAULTS.baseMw} mW for everything else, and its battery holds{' '}
          {DEFAULTS.batteryWh} Wh (four AA lithium cells of 3,500 mAh at 1.5 V).
        </li>
        <li>
          Required: detected within {DEFAULTS.detectS} s, when a resident who locked the door and left is some 100 m
          away and can turn back; at most {DEFAULTS.sharePercent} % of the energy.
        </li>
        <li>Allowed: {allowedText(limit)}</li>
      </ul>
    </>
  );
}

function Links({ ids }: { readonly ids: ModelInput['expiryIds'] }) {
  return (
    <details>
      <summary>{counted(ids.length, 'check')}</summary>
      <ul>
        {ids.map((id) => (
          <li>
            <CheckLink id={id} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The assumptions and requirements; the script shows them and computes with them. */
function Inputs({ measured }: { readonly measured: Measurements }) {
  return (
    <div id="keep-alive-inputs" hidden>
      <form
        id="keep-alive-form"
        class="inputs"
        aria-label="assumptions and requirements"
        data-measured={JSON.stringify(measured)}
      >
        <Input name="wakeUpMj" min={0} max={10_000} step="any">
          a wake-up, mJ
        </Input>
        <Input name="baseMw" min={0} max={10_000} step="any">
          base load, mW
        </Input>
        <Input name="batteryWh" min={0.1} max={10_000} step="any">
          battery, Wh
        </Input>
        <Input name="detectS" min={1} max={3_600} step="1">
          loss detected within, s
        </Input>
        <Input name="sharePercent" min={0} max={100} step="any">
          energy at most, %
        </Input>
        <button type="reset">Defaults</button>
      </form>
    </div>
  );
}

type InputProps = {
  readonly name: keyof InputValues;
  readonly min: number;
  readonly max: number;
  readonly step: string;
  readonly children: ComponentChildren;
};

function Input({ name, min, max, step, children }: InputProps) {
  return (
    <label>
      {children}{' '}
      <input type="number" required name={name} min={min} max={max} step={step} value={DEFAULTS[name]} class="number" />
    </label>
  );
}

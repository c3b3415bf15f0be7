import type { ComponentChildren } from 'preact';
import { batteryPlot, delayPlot, plotText, svgOf } from '../../keep-alive-value/drawing.js';
import {
  costOf,
  DEFAULTS,
  lateness,
  type Measurements,
  SHORTEST_S,
  type Wishes,
} from '../../keep-alive-value/model.js';
import { COLUMNS, PROFILE_COLUMNS, profileRows, recommendationText, sweepRows } from '../../keep-alive-value/text.js';
import { allowedText } from '../analysis/keep-alive-allowed.ts';
import { type ModelInput, modelInput } from '../analysis/keep-alive-measured.ts';
import { counted, listed } from '../format.ts';
import { CheckLink } from '../parts/check-link.tsx';
import { Figure } from '../parts/figure.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Table } from '../parts/table.tsx';

const COMMAND = './lab report --only keepalive';

/** Which keep alive suits a lock's health topic: computed from what the run measured and from what is assumed of the lock, which can be changed. */
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
        caption="How late a loss is told at the worst, against what the pings put on the network; each point a keep alive, ◆ the recommended one."
        command={COMMAND}
        {...drawn(delayPlot(measured, DEFAULTS))}
      />
      <Figure
        id="figure-keep-alive-battery"
        caption="How long the battery lasts with pings each keep alive, under the assumptions above; ◆ the recommended one."
        command={COMMAND}
        {...drawn(batteryPlot(measured, DEFAULTS))}
      />
      <h3>How it shifts with the priorities</h3>
      <div id="keep-alive-profiles">
        <Table
          caption={`The longest keep alive that tells a loss in time, for three priorities of the same lock${inBrackets}`}
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

/** What the numbers are from, and how they are made. */
function Sources({ input: { measured, ping, expiryIds, limit } }: { readonly input: ModelInput }) {
  const late = lateness(measured);
  const values = [...new Set(measured.expiries.map(({ keepAlive }) => keepAlive))].sort((one, other) => one - other);
  const seen =
    values.length === 0
      ? 'No expiry was measured in this run: a loss is taken to be told after 1.5 times the keep alive, as the standard has it.'
      : `Silent clients with keep alives of ${listed(values.map(String))} s were told lost ${late.least.toFixed(1)} to ${late.most.toFixed(1)} s after 1.5 times that [MQTT-3.1.2-24]. How late depends on where in the broker’s round of looking the silence falls (Mosquitto before 2.0.21 has one each 6 s), so the latest counts at the worst for every value (computed), and their mean on average.`;
  return (
    <>
      <h3>What it is computed from</h3>
      <ul>
        <li>
          Measured: a ping with its answer took {measured.pingBytes} bytes of {measured.bytesOf} (
          <CheckLink id={ping} words="record" />
          ). A day has 86,400 s ÷ keep alive of them.
        </li>
        <li>
          {values.length === 0 ? 'Not measured' : 'Measured'}: {seen}{' '}
          {expiryIds.length === 0 ? null : <Links ids={expiryIds} />}
        </li>
        {measured.rounds === undefined || measured.rounds.lateS <= late.most ? null : (
          <li>
            Known of the broker’s version, not measured: it looks every {measured.rounds.everyS} s and counts in whole
            seconds, so that it can take 1.5 × keep alive + {measured.rounds.lateS} s, which is{' '}
            {(measured.rounds.lateS - late.most).toFixed(1)} s later than counted here. The recommendation goes without
            that.
          </li>
        )}
        <li>
          Computed: what tells of a loss is the lock’s last will on its health topic. A lock that fails right after a
          packet is told lost after 1.5 × keep alive + lateness, one that fails at any moment after keep alive +
          lateness on average. A ping costs the lock one wake-up; in between the keep alive costs nothing.
        </li>
        <li>
          Assumed, and to be changed above: a wake-up takes {DEFAULTS.wakeUpMj} mJ (a Wi-Fi module at 100 mA and 3.3 V
          for 0.1 s), the lock {DEFAULTS.baseMw} mW for everything else, and its battery has {DEFAULTS.batteryWh} Wh
          (four AA lithium cells of 3,500 mAh at 1.5 V). None of that was measured here.
        </li>
        <li>
          Wanted: told within {DEFAULTS.detectS} s, since whoever has locked the door and walks off is some 100 m away
          by then and can turn back; at most {DEFAULTS.sharePercent} % of the energy for it.
        </li>
        <li>Allowed: {allowedText(limit)}</li>
      </ul>
    </>
  );
}

function Links({ ids }: { readonly ids: ModelInput['expiryIds'] }) {
  return (
    <details>
      <summary>{counted(ids.length, 'record')}</summary>
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

/** Changes what is assumed and wanted; shown by the script that computes anew. */
function Inputs({ measured }: { readonly measured: Measurements }) {
  return (
    <div id="keep-alive-inputs" hidden>
      <form
        id="keep-alive-wishes"
        class="wishes"
        aria-label="what is assumed and wanted"
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
          loss told within, s
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
  readonly name: keyof Wishes;
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

import type {
  AlertStore,
  AuditLog,
  GrantStore,
  LoginCheck,
  PersonalData,
  PlaceDirectory,
  PlanReader,
  Quarantine,
  RunEvents,
  SessionStore,
  SetupLinkStore,
  SyncContext,
  TokenStore,
  UserDirectory,
} from '@passerelle/sync';
import type { FigureSources } from './metrics/cluster-figures.js';

/** What the API is built from. The command wires it. */
export interface ApiDeps {
  listen: {
    host: string;
    /** 0: a free one. */
    port: number;
    /** Under which browsers reach it, where that differs. */
    publicUrl?: string;
    /** The proxies that are believed about who calls, where there is a public URL; by default those of this machine. */
    trustedProxies?: string;
  };
  sync: SyncContext;
  plans: PlanReader;
  runEvents: RunEvents;
  users: UserDirectory;
  places: PlaceDirectory;
  personal: PersonalData;
  quarantine: Quarantine;
  grants: GrantStore;
  tokens: TokenStore;
  sessions: SessionStore;
  setupLinks: SetupLinkStore;
  audit: AuditLog;
  alerts: Pick<AlertStore, 'listAlerts'>;
  /** What /metrics shows of the cluster. */
  figures: FigureSources;
  /** What keeps this process from its work, with a sentence each; nothing: it is ready. */
  missing: (signal: AbortSignal) => Promise<{ name: string; sentence: string }[]>;
  /** Shows a date in the centre's time zone. */
  showTime: (at: Date) => string;
  /** Validates logins at the source. */
  logins: LoginCheck;
  /** Why a store or the queue failed, as far as the caller is concerned; null: unforeseen. */
  faultOf: (error: unknown) => 'unreachable' | 'invalid_cursor' | null;
  /** Makes a request a span of a trace; by default there are none. */
  traceRequest?: <Reply extends { status: number }>(
    request: {
      method: string;
      /** As the table has it, without what stands for its parameters. */
      route: string;
      headers: Readonly<Record<string, string | string[] | undefined>>;
    },
    work: () => Promise<Reply>,
  ) => Promise<Reply>;
  /** How long a stopping server lets requests and its own work finish. */
  shutdownMs: number;
  limits?: Partial<ApiLimits>;
}

/** How much is taken from whom. */
export interface ApiLimits {
  /** Requests a minute from one address. */
  perAddress: number;
  /** Requests a minute of one person or token. */
  perCaller: number;
  /** How long an answer may take. */
  handlerMs: number;
  /** How often an event stream says that it is there, and asks whether it still may be. */
  pulseMs: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  perAddress: 3_000,
  perCaller: 3_000,
  handlerMs: 30_000,
  pulseMs: 15_000,
};

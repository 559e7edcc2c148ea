import { PageHeader } from "../../shell/PageHeader"; export default function Page() { return <PageHeader title="…" documentTitle="…" />; }

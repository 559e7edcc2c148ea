// What hides what: while a source fires, targets with equal labels are not told.
import { ListField } from "../../../alerting/fields";
import { listText } from "../../../alerting/lists";
import { matcherWords } from "../../../alerting/matcher";
import { MatcherFields } from "../../../alerting/MatcherFields";
import { problemAt } from "../../../alerting/problems";
import { useRoutingDraft } from "./draft";
import { NamedList } from "./NamedList";

export function InhibitionsPanel() {
  const { problems } = useRoutingDraft();
  const words = (matchers: string[]) => listText(matchers.map(matcherWords)) || "anything";
  return (
    <NamedList
      list="inhibitions"
      title="Inhibitions"
      note="what hides what"
      empty="Nothing hides anything else."
      one="inhibition"
      blank={{ source: [], target: [], equal: ["service", "environment"] }}
      summary={(item) =>
        `While something fires where ${words(item.source)}, nothing is told where ${words(item.target)}${
          item.equal.length > 0 ? `, of the same ${listText(item.equal)}` : ""
        }.`
      }
      fields={(item, change, path) => (
        <>
          <MatcherFields
            name="While something fires where"
            value={item.source}
            onChange={(source) => change({ source })}
            empty="Add a condition."
            error={problemAt(problems, `${path}.source`)}
          />
          <MatcherFields
            name="nothing is told where"
            value={item.target}
            onChange={(target) => change({ target })}
            empty="Add a condition."
            error={problemAt(problems, `${path}.target`)}
          />
          <ListField
            name="and these labels are equal"
            value={item.equal}
            onChange={(equal) => change({ equal })}
            error={problemAt(problems, `${path}.equal`)}
          />
        </>
      )}
    />
  );
}

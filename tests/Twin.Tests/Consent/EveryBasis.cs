using System.Globalization;
using System.Text;
using System.Text.Json;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Tests.Consent;

/// <summary>What a category may rest on, with a category of its own in <see cref="EveryBasis"/>.</summary>
internal sealed record Ground(LegalBasis Basis, SpecialCondition? Condition)
{
    /// <summary>Name of the category, and last part of the names of all that uses it.</summary>
    public string Name => Condition is { } condition ? $"{Word(Basis)}_{Word(condition)}" : Word(Basis);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

/// <summary>
/// A definition with a category for every legal basis and condition, each put to every use for two purposes, one of
/// which sells; and everything a customer can have said.
/// </summary>
internal static class EveryBasis
{
    public static readonly Instant Now = new(1_800_000_000_000);

    /// <summary>The purposes; the second one sells.</summary>
    public static readonly IReadOnlyList<string> Purposes = ["help", "trade"];

    public static readonly IReadOnlyList<Ground> Grounds =
    [
        .. Enum.GetValues<LegalBasis>().Select(basis => new Ground(basis, null)),
        .. Enum.GetValues<LegalBasis>().Where(basis => basis != LegalBasis.None)
            .Select(basis => new Ground(basis, SpecialCondition.ExplicitConsent)),
        .. Enum.GetValues<SpecialCondition>().Where(condition => condition != SpecialCondition.ExplicitConsent)
            .Select(condition => new Ground(LegalBasis.Contract, condition)),
    ];

    public static readonly TwinPlan Plan = TwinPlan.Load(Encoding.UTF8.GetBytes(Text()), "every basis") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidDataException(string.Join('\n', invalid.Errors)),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>All that can have been said, by a name for messages.</summary>
    public static IEnumerable<ConsentRecord> Said()
    {
        foreach (var isRestricted in (bool[])[false, true])
        {
            foreach (var status in Enum.GetValues<ConsentStatus>())
            {
                var said = new ConsentRecord(status, Now.PlusMs(-Instant.DayMs), "test")
                {
                    IsRestricted = isRestricted,
                };
                yield return said;
                if (status != ConsentStatus.Granted) continue;
                yield return said with { IsExplicit = true };
                yield return said with { IsExplicit = true, Expires = Now.PlusMs(1) };
                yield return said with { IsExplicit = true, Expires = Now };
                yield return said with { Expires = Now };
            }
        }
    }

    /// <summary>
    /// What the law says of it, by the articles one after the other and not by masks: GDPR Art. 6, 9, 18 and 21, and
    /// the opt-out of a sale of Cal. Civ. Code 1798.120.
    /// </summary>
    public static bool IsLawful(Ground ground, bool isSale, ConsentRecord said)
    {
        if (ground.Basis == LegalBasis.None || said.IsRestricted) return false;
        var saidYes = said.Status == ConsentStatus.Granted && (said.Expires.IsNever || said.Expires > Now);
        var saidNo = said.Status is ConsentStatus.Denied or ConsentStatus.Withdrawn or ConsentStatus.Objected;
        var isDemanded = ground.Basis is LegalBasis.LegalObligation or LegalBasis.VitalInterest;
        if (isSale && saidNo && !isDemanded) return false;
        if (ground.Condition == SpecialCondition.ExplicitConsent && !(saidYes && said.IsExplicit)) return false;
        return ground.Basis switch
        {
            LegalBasis.Consent => saidYes,
            LegalBasis.LegitimateInterest or LegalBasis.PublicTask => !saidNo,
            _ => true,
        };
    }

    /// <summary>
    /// Whether a use may be made after something was said. The first letter of its name tells what it is: (e)vent,
    /// (a)ttribute and (f)eature serve any purpose, (m)odel, (s)egment and (o)ffer the one their name ends with.
    /// </summary>
    public static bool MayUse(string use, ConsentRecord said)
    {
        foreach (var ground in Grounds)
        {
            if (use[2..] == ground.Name) return Purposes.Any(purpose => IsLawful(ground, purpose == Purposes[1], said));
            foreach (var purpose in Purposes)
            {
                if (use[2..] == $"{ground.Name}_{purpose}") return IsLawful(ground, purpose == Purposes[1], said);
            }
        }
        throw new ArgumentException($"'{use}' is not in the definition.", nameof(use));
    }

    /// <summary>Whether an event or attribute may be kept: a restriction does not matter to that.</summary>
    public static bool MayKeep(string use, ConsentRecord said) => MayUse(use, said with { IsRestricted = false });

    private static string Text()
    {
        var categories = string.Join(",\n", Grounds.Select(Category));
        var models = Each((name, purpose) =>
            $$"""
            "m_{{name}}_{{purpose}}": {
              "kind": "formula", "purpose": "{{purpose}}", "expression": "f_{{name}} + attribute.a_{{name}}" }
            """);
        var segments = Each((name, purpose) =>
            $$""" "s_{{name}}_{{purpose}}": { "purpose": "{{purpose}}", "rule": "f_{{name}} >= 1" } """);
        var offers = Each((name, purpose) =>
            $$"""
            "o_{{name}}_{{purpose}}": {
              "channel": "web", "purpose": "{{purpose}}", "propensity": "0.5", "value": "f_{{name}}" }
            """);
        return $$"""
            {
              "name": "every-basis", "version": "1", "customer": { "kinds": ["person"] },
              "purposes": ["help", "trade"], "saleOrSharing": "trade",
              "categories": { {{categories}} },
              "attributes": { {{All("\"a_{0}\": {{ \"type\": \"number\", \"category\": \"{0}\" }}")}} },
              "events": { {{All("\"e_{0}\": {{ \"category\": \"{0}\" }}")}} },
              "features": { {{All("\"f_{0}\": {{ \"kind\": \"count\", \"of\": \"e_{0}\" }}")}} },
              "models": { {{models}} },
              "segments": { {{segments}} },
              "channels": { "web": { "outbound": false } },
              "offers": { {{offers}} }
            }
            """;
    }

    private static string Category(Ground ground)
    {
        var basis = JsonNamingPolicy.CamelCase.ConvertName(ground.Basis.ToString());
        var bases = $$""" "retentionDays": 365, "bases": { "help": "{{basis}}", "trade": "{{basis}}" } """;
        if (ground.Condition is not { } given) return $$""" "{{ground.Name}}": { {{bases}} } """;
        var condition = JsonNamingPolicy.CamelCase.ConvertName(given.ToString());
        return $$"""
            "{{ground.Name}}": {
              "special": true, {{bases}}, "conditions": { "help": "{{condition}}", "trade": "{{condition}}" } }
            """;
    }

    private static string All(string form) =>
        string.Join(", ", Grounds.Select(ground => string.Format(CultureInfo.InvariantCulture, form, ground.Name)));

    private static string Each(Func<string, string, string> form) =>
        string.Join(",\n", Grounds.SelectMany(ground => Purposes.Select(purpose => form(ground.Name, purpose))));
}

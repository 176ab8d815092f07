using DToC.Twin.Definitions;
using DToC.Twin.Rules;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>Compiles channels and offers, and which offers answer which trigger.</summary>
internal sealed class DecisionCompiler(
    Definition definition, VectorLinks links, ConsentPlan consent, CompileErrors errors)
{
    public DecisionPlan Compile(TriggerCompiler triggerCompiler)
    {
        var (triggers, fired, thresholds, wakeUps) = triggerCompiler.Compile(links);
        var channels = definition.Channels
            .Select(c => new ChannelPlan(c.Name, StableHash.Of(c.Name), c.Outbound, c.Contact)).ToList();
        var names = triggers.Select(t => t.Name).Append(DecisionPlan.Request).ToList();
        var candidates = names.Select(_ => new List<int>()).ToList();
        var offers = new List<OfferPlan>();
        foreach (var offer in definition.Offers)
        {
            var path = $"offers.{offer.Name}";
            var slots = offer.Triggers.Select(t => errors.Slot(t, names, $"{path}.triggers", "trigger"))
                .Where(t => t >= 0).ToList();
            if (offer.Triggers.Count == 0) slots = [.. Enumerable.Range(0, names.Count)];
            foreach (var slot in slots) candidates[slot].Add(offers.Count);
            offers.Add(Offer(offer, channels, path));
        }
        return new DecisionPlan
        {
            Triggers = [.. triggers],
            FiredByEvent = fired,
            Thresholds = thresholds,
            WakeUps = wakeUps,
            Channels = [.. channels],
            ContactPolicy = definition.ContactPolicy,
            HoldoutShare = (definition.Holdout?.Percent ?? 0) / 100,
            HoldoutSalt = StableHash.Of(definition.Holdout?.Salt ?? ""),
            Offers = [.. offers],
            Candidates = [.. candidates.Select(c => c.ToArray())],
        };
    }

    private OfferPlan Offer(OfferDefinition offer, List<ChannelPlan> channels, string path)
    {
        var eligibility = errors.Rule(offer.Eligibility, links.Symbols, ValueType.Boolean, $"{path}.eligibility");
        var propensity = errors.Rule(offer.Propensity, links.Symbols, ValueType.Number, $"{path}.propensity");
        var weight = errors.Rule(offer.ContextWeight, links.Symbols, ValueType.Number, $"{path}.contextWeight");
        var value = errors.Rule(offer.Value, links.Symbols, ValueType.Number, $"{path}.value");
        return new OfferPlan
        {
            Name = offer.Name,
            NameHash = StableHash.Of(offer.Name),
            Channel = Math.Max(
                0, errors.Slot(offer.Channel, [.. channels.Select(c => c.Name)], $"{path}.channel", "channel")),
            Purpose = Math.Max(0, errors.Slot(offer.Purpose, consent.Purposes, $"{path}.purpose", "purpose")),
            Categories = Mask(eligibility) | Mask(propensity) | Mask(weight) | Mask(value),
            Eligibility = eligibility,
            Propensity = propensity!, // a rule that does not compile added its error; then no plan is made of this
            ContextWeight = weight,
            Value = value!, // likewise
            Lever = offer.Lever,
            CoolDownMs = (long)(offer.CoolDownDays * Instant.DayMs),
            Content = offer.Content,
        };
    }

    private ulong Mask(Expression? rule) => rule is null ? 0 : links.CategoriesOf(rule);
}

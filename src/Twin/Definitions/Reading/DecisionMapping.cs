using System.Globalization;

namespace DToC.Twin.Definitions.Reading;

/// <summary>Makes records of checked triggers, channels, contact rules, holdout and offers.</summary>
internal static class DecisionMapping
{
    public static TriggerDefinition Trigger(string name, Fields trigger, Position at)
    {
        TriggerForm form = trigger.Text("kind") switch
        {
            DecisionShape.OnEvent => new TriggerForm.OnEvent(trigger.Names("on")),
            DecisionShape.Threshold => new TriggerForm.Threshold(),
            _ => new TriggerForm.WakeUp(trigger.Names("after"), trigger.Number("delayHours")),
        };
        return new TriggerDefinition(name, form, trigger.RuleOrNull("when"), at);
    }

    public static ChannelDefinition Channel(string name, Fields channel, Position at) =>
        new(name, channel.Flag("outbound", false), Contact(channel), at);

    public static ContactRules Contact(Fields rules) => new(
        rules.Number("coolDownHours", 0),
        rules.List("caps", cap => new ContactCap(cap.Whole("count"), cap.Number("days"))),
        rules.Has("quietHours") ? Quiet(rules.Of("quietHours")) : null);

    public static HoldoutDefinition Holdout(Fields holdout) =>
        new(holdout.Number("percent"), holdout.Text("salt"), holdout.At);

    public static OfferDefinition Offer(string name, Fields offer, Position at) => new(
        name,
        offer.Named("channel"),
        offer.Named("purpose"),
        offer.Names("triggers"),
        offer.RuleOrNull("eligibility"),
        offer.Rule("propensity"),
        offer.RuleOrNull("contextWeight"),
        offer.Rule("value"),
        offer.Number("lever", 1),
        offer.Number("coolDownDays", 0),
        offer.JsonOrNull("content"),
        at);

    private static QuietHours Quiet(Fields hours) => new(Minute(hours.Text("from")), Minute(hours.Text("to")));

    private static int Minute(string time) =>
        60 * int.Parse(time.AsSpan(0, 2), CultureInfo.InvariantCulture)
        + int.Parse(time.AsSpan(3), CultureInfo.InvariantCulture);
}

using DToC.Twin.Plan;

namespace DToC.Learn.Tests.Industries;

/// <summary>
/// Each shipped definition folds the generated customers of its industry, and its scores tell what an expert of the
/// field would expect them to tell about truths that no event says. 0.5 is chance.
/// </summary>
public class IndustryTests
{
    [Fact]
    public void Retail_churn_alive_and_spend_follow_the_truth()
    {
        var people = new FoldedPopulation("retail", 400, 0.7);

        Assert.InRange(people.Auc("churn", people.LeftBefore(60)), 0.80, 1);
        Assert.InRange(people.Auc("alive", people.LeftBefore(60)), 0, 0.20);
        Assert.InRange(people.Auc("expected_orders", people.UpperThird(t => t.RatePerWeek)), 0.60, 1);
        Assert.InRange(people.Auc("order_value", people.UpperThird(t => t.MeanSpend ?? 0)), 0.80, 1);
        Assert.InRange(people.Auc("email_response", people.UpperThird("mail_affinity")), 0.57, 1);
        Assert.InRange(people.Auc("frustration", people.UpperThird("satisfaction")), 0, 0.45);
        AssertSane(people);
    }

    [Fact]
    public void Telecom_churn_follows_the_network_and_arrears_follow_the_purse()
    {
        var people = new FoldedPopulation("telecom", 400, 0.7);

        Assert.InRange(people.Auc("churn", people.UpperThird("bad_network")), 0.80, 1);
        Assert.InRange(people.Auc("churn", people.LeavesWithin(90)), 0.55, 1);
        Assert.InRange(people.Auc("default_risk", people.UpperThird("hard_up")), 0.85, 1);
        Assert.InRange(people.Auc("value_12_months", people.UpperThird(t => t.MeanSpend ?? 0)), 0.85, 1);
        Assert.InRange(people.Auc("frustration", people.UpperThird("bad_network")), 0.65, 1);
        Assert.Contains("cancelled", people.Stages);
        AssertSane(people);
    }

    [Fact]
    public void Banking_stress_follows_strain_and_attrition_those_who_left()
    {
        var people = new FoldedPopulation("banking", 400, 0.7);

        Assert.InRange(people.Auc("financial_stress", people.UpperThird("strain")), 0.57, 1);
        Assert.InRange(people.Auc("attrition", people.LeftBefore(60)), 0.90, 1);
        Assert.InRange(people.Auc("value_12_months", people.UpperThird(t => t.MeanSpend ?? 0)), 0.90, 1);
        AssertSane(people);
    }

    [Fact]
    public void Healthcare_missed_visits_and_gaps_in_medicine_follow_the_patient()
    {
        var people = new FoldedPopulation("healthcare", 400, 0.7);

        Assert.InRange(people.Auc("no_show", people.UpperThird("adherence")), 0, 0.35);
        Assert.InRange(people.Auc("non_adherence", people.UpperThird("adherence")), 0, 0.46);
        Assert.InRange(people.Auc("deterioration", people.UpperThird("severity")), 0.60, 1);
        AssertSane(people);
    }

    [Fact]
    public void Consumer_goods_value_follows_spend_and_advocacy_love_of_the_brand()
    {
        var people = new FoldedPopulation("consumer-goods", 400, 0.7);

        Assert.InRange(people.Auc("alive", people.LeftBefore(60)), 0, 0.10);
        Assert.InRange(people.Auc("basket_value", people.UpperThird(t => t.MeanSpend ?? 0)), 0.90, 1);
        Assert.InRange(people.Auc("advocacy", people.UpperThird("brand_love")), 0.58, 1);
        AssertSane(people);
    }

    [Fact]
    public void Business_accounts_that_are_engaged_expand_and_slow_payers_are_a_risk()
    {
        var accounts = new FoldedPopulation("business-accounts", 400, 0.7);

        Assert.InRange(accounts.Auc("churn", accounts.LeftBefore(60)), 0.85, 1);
        Assert.InRange(accounts.Auc("churn", accounts.UpperThird("engagement")), 0, 0.30);
        Assert.InRange(accounts.Auc("expansion", accounts.UpperThird("engagement")), 0.75, 1);
        Assert.InRange(accounts.Auc("payment_risk", accounts.UpperThird("slow_payer")), 0.85, 1);
        AssertSane(accounts);
    }

    [Fact]
    public void Machines_that_are_worn_fail_and_need_care_sooner()
    {
        var machines = new FoldedPopulation("machines", 200, 0.7);

        Assert.InRange(machines.Auc("failure", machines.UpperThird("wear")), 0.85, 1);
        Assert.InRange(machines.Auc("remaining_care", machines.UpperThird("wear")), 0, 0.35);
        Assert.InRange(machines.Auc("expected_loss", machines.UpperThird("wear")), 0.75, 1);
        AssertSane(machines);
    }

    private static void AssertSane(FoldedPopulation people)
    {
        Assert.True(people.Count >= 100, $"only {people.Count} customers");
        Assert.True(people.Stages.Distinct().Count() >= 2, "all customers stand in one stage");
        // One that is still to be fitted knows nothing, or what is believed of all.
        foreach (var model in people.Plan.Models.Where(model => model is not ModelPlan.ToBeFitted))
        {
            var values = people.Values(model.Name);
            Assert.True(values.Count > people.Count / 4, $"{model.Name} is known of {values.Count} of {people.Count}");
            if (model.Unit?.StartsWith("probability", StringComparison.Ordinal) != true) continue;
            Assert.All(values, v => Assert.InRange(v.Value, 0, 1));
            if (model is ModelPlan.ToBeFitted) continue; // the prior alone speaks
            Assert.True(values.Select(v => v.Value).Distinct().Count() > 5, $"{model.Name} says the same of everybody");
        }
    }
}

from dataclasses import replace

from stillwatch.findings.ranking import rank_findings


def test_confidence_comes_first_then_cost_output_and_exchanges(hydra_finding):
    def finding(campaign_id, confidence, **taken):
        return replace(
            hydra_finding,
            campaign_id=campaign_id,
            confidence=confidence,
            taken=replace(hydra_finding.taken, **({"cost": None, "output_tokens": 0, "exchanges_count": 0} | taken)),
        )

    wanted = [
        finding("sure", 0.999),
        finding("dear", 0.99, cost=10.0),
        finding("long", 0.99, output_tokens=9),
        finding("many", 0.99, exchanges_count=9),
        finding("a", 0.99),
        finding("b", 0.99),
    ]
    assert rank_findings(reversed(wanted)) == wanted

DROP INDEX movements_journey;

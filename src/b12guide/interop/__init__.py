"""Other formats: FHIR dosage instructions in, English and FHIR out."""
